"""One request on its way through an explicit transport.

Stands where a recorder stands for a patched library: the interposed transport asks it what is to become of
the request. A miss, and whatever goes wrong, is kept for the transport to raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.errors import MissError
from agentrec_auto.explicit.scope import Scope
from agentrec_auto.flow import active
from agentrec_auto.flow.miss import Miss
from agentrec_auto.flow.plan import PASS, Plan, Refuse

_acting: ContextVar[bool] = ContextVar("agentrec_acting", default=False)
"""Whether the call under way was let through by an explicit transport, and not by a patched library."""


class Asking:
    """A request, read, in a scope."""

    def __init__(self, scope: Scope, request: Any) -> None:
        captured = CapturedRequest(request.method, str(request.url), request.headers.raw, request.content)
        self._recorder = scope.recorder
        self._asked, self._redaction = scope.recorder.asked(
            captured, scope.id_of(request), lambda: scope.say(request)
        )
        self.mirror = scope.recorder.desk.mirror
        self.names = self._asked.names.all
        self.error: Exception | None = None
        # A patched library outside of us records this call: once is enough.
        self._is_recorded = active.inside.get() and not _acting.get()

    def find(self) -> Asking:
        """Itself, as the recorder that holds for the request."""
        return self

    def concerns(self, method: str, url: str, body: Callable[[], bytes | None]) -> bool:
        """Every request of an explicit transport is in scope."""
        return True

    def plan(self, request: CapturedRequest, library: str) -> Plan:
        """What becomes of it."""
        try:
            if self._is_recorded and self._would_record():
                return PASS
            plan = self._recorder.decide(self._asked, self._redaction, library)
        except Exception as error:
            self.error = error
            return Refuse(Miss(str(error)))
        if isinstance(plan, Refuse):
            self.error = MissError(plan.miss.text)
        return plan

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Around the interposed transport: whatever is around us, this request is ours to decide."""
        inside, acting = active.inside.get(), _acting.get()
        try:  # before they are set: the app's signal handler may raise between any two steps
            active.inside.set(False)
            _acting.set(True)
            yield
        finally:
            active.inside.set(inside)
            _acting.set(acting)

    def _would_record(self) -> bool:
        mode = self._recorder.settings.mode
        return mode == "record" or (mode == "auto" and not self._recorder.holds(self._asked))
