"""In-process fakes win over us, in every mode: a test that fakes its transport must go on as it was.

They are recognised by their class, or by what they do to the library while they are active:

* MockTransport, ASGITransport, WSGITransport; starlette's ``_TestClientTransport``; respx's ``TryTransport``
* pytest-httpx puts a function of its own in the place of ``HTTPTransport.handle_request`` for the length
  of a test; OpenTelemetry's and other tools' wrappers there say that they wrap the library's own
* vcrpy does the same, and also says that it wraps the library's own: recognised by where its code stands
* respx, and pytest-httpx2 with it, keeps the routers that are active in ``respx.mocks.Mocker.registry``

What these tools let through is a real call, and ours: `agentrec_auto.seams.httpx_passing`.

This is asked at every request, so what was found out about a class or a method is remembered.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from agentrec_auto.seams.fakes import is_a_fakes, seen
from agentrec_auto.seams.httpx_passing import routers

_TRYING = "TryTransport"
_NAMES = frozenset({"_TestClientTransport", "_AsyncTestClientTransport", _TRYING})


class Fakes:
    """The fakes of httpx, or of httpx2."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._kinds: dict[type, bool] = {}
        self._methods: tuple[Any, Any] = (None, None)
        self._replaced = False

    def are_at_work(self, transport: Any) -> bool:
        """Whether ``transport`` is a fake, or a mocking tool is active that answers its calls or lets them
        through."""
        kind = type(transport)
        fake = self._kinds.get(kind)
        if fake is None:
            fake = self._kinds[kind] = self._is_one(kind)
        if fake or ("respx.mocks" in sys.modules and self._are_routed()) or self._is_replaced():
            seen.add(self._module.__name__)
            return True
        return False

    def stays(self, transport: Any) -> bool:
        """Whether ``transport``, of which `are_at_work` was asked, never leaves this process."""
        return self._kinds[type(transport)]

    def _is_one(self, kind: type) -> bool:
        module = self._module
        fakes = (module.MockTransport, module.ASGITransport, module.WSGITransport)
        return issubclass(kind, fakes) or kind.__name__ in _NAMES

    def _are_routed(self) -> bool:
        return next(routers(self._module), None) is not None

    def _is_replaced(self) -> bool:
        sync, asynchronous = self._module.HTTPTransport, self._module.AsyncHTTPTransport
        methods = (sync.__dict__.get("handle_request"), asynchronous.__dict__.get("handle_async_request"))
        before = self._methods
        if methods[0] is not before[0] or methods[1] is not before[1]:
            self._methods = methods
            self._replaced = _is_foreign(methods[0], sync) or _is_foreign(methods[1], asynchronous)
        return self._replaced


def _is_foreign(method: Any, transport: type) -> bool:
    """Whether a method is of another package than its library's, and doesn't say that it wraps another."""
    if is_a_fakes(method):
        return True
    return _package(method) != _package(transport) and not hasattr(method, "__wrapped__")


def _package(thing: Any) -> str:
    return str(getattr(thing, "__module__", "")).partition(".")[0]


def tried(transport: Any) -> list[Any]:
    """The transports that respx's (``using="httpx"``) tries one after the other, the real one last; none of
    another fake."""
    found = getattr(transport, "transports", None) if type(transport).__name__ == _TRYING else None
    return found if isinstance(found, list) else []
