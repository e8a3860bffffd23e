"""The desk of one explicit transport or cassette: its store, its counts, and the recorders at work for it."""

from __future__ import annotations

import atexit
import os
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.explicit.mirror import Mirror
from agentrec_auto.explicit.names import NamedStore, Names
from agentrec_auto.flow import active
from agentrec_auto.flow import ledger as events
from agentrec_auto.flow.ledger import Ledger
from agentrec_auto.flow.miss import Miss, legible, words_for
from agentrec_auto.flow.nearest import differences, nearest
from agentrec_auto.flow.plan import Plan, Record, Refuse
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.flow.shelf import Shelf
from agentrec_auto.flow.takes import Lane, Turn
from agentrec_auto.keying.cassette_id import Fingerprint, fingerprint_of_request
from agentrec_auto.keying.identity import Identity
from agentrec_auto.redaction.redactor import Redaction, Redactor
from agentrec_auto.settings import RedactSettings, Settings
from agentrec_auto.store.base import Store
from agentrec_auto.store.interaction import (
    FileStore,
    InMemoryStore,
    InteractionStore,
    StandingStore,
    file_names,
    missing,
)
from agentrec_auto.store.location import open_store

AnyStore = InteractionStore | Store | str | os.PathLike[str]
"""A store of the library's, a program's own, one of the recorder's, or where one is."""

Metadata = Mapping[str, Any]
_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Identity):
    """Who a request is, under which names it is kept, and what the program says of it."""

    names: Names
    fingerprint: Fingerprint
    say: Callable[[], Metadata]


class Desk:
    """What all recorders of one transport or cassette share."""

    def __init__(self, store: AnyStore, *, mode: str, simulate_timing: bool) -> None:
        self.settings = Settings(
            mode=mode, scope="all", speed=1.0 if simulate_timing else 0.0, root=os.getcwd()
        )
        self.mirror: Mirror | None = None
        """For a program's own store, which is to be read before a call and written after it."""

        self.lane = Lane()
        self.store, self.redactor, self.names_of, self.missing = self._opened(store)

    def recorder(self, run: str) -> ScopeRecorder:
        """A recorder at this desk; what ``run`` records itself isn't replayed to it in auto mode."""
        return ScopeRecorder(self, run)

    def _opened(
        self, store: AnyStore
    ) -> tuple[NamedStore, Redactor, Callable[[str], tuple[str, ...]], Callable[[str], str]]:
        if isinstance(store, (str, os.PathLike)):
            store = open_store(store)
        if isinstance(store, StandingStore) and _is_ours(store):
            return NamedStore(store.store), store.redactor, store.names_of, store.missing
        redactor = Redactor(RedactSettings(), os.environ)
        if isinstance(store, Store):
            where = store.where
            return NamedStore(store), redactor, file_names, lambda told: missing(told, where)
        if not hasattr(store, "save") or not hasattr(store, "load"):
            raise TypeError(f"no store: {store!r}; expected an InteractionStore, a Store, or where one is")
        self.mirror = Mirror(store)
        return NamedStore(self.mirror), redactor, lambda told: (told,), lambda told: missing(told, "")


class ScopeRecorder(Recorder):
    """A recorder that names what it keeps as the program says, and misses without a word on stderr."""

    def __init__(self, desk: Desk, run: str) -> None:
        ledger = active.ledger if os.environ.get("AGENTREC_MODE", "off") not in ("", "off") else _unread
        super().__init__(desk.settings, desk.store, desk.redactor, ledger, run=run)
        self.desk = desk
        self.start_lane(desk.lane)
        _shelves.add(self._shelf)

    def asked(
        self, request: CapturedRequest, given: str | None, say: Callable[[], Metadata]
    ) -> tuple[Asked, Redaction]:
        """Who a request is, for `decide`. ``given`` is the id, if the program gives one."""
        redaction = self._redactor.open(request)
        identity = self._keyer.identify(redaction.request)
        fingerprint = fingerprint_of_request(redaction.request)
        if given is None:
            names = _by_fingerprint(fingerprint, identity, request, redaction.request)
        else:
            names = _as_given(given, self.desk.names_of(given), identity)
        self.desk.store.expect(names)
        told = {field.name: getattr(identity, field.name) for field in fields(Identity)}
        told["key"] = names.counted
        return Asked(**told, names=names, fingerprint=fingerprint, say=say), redaction

    def decide(self, asked: Asked, redaction: Redaction, library: str) -> Plan:
        """What becomes of a request."""
        settle()
        plan = self._planned(asked, redaction, library)
        if isinstance(plan, Record):
            _busy.add(self._shelf)
        return plan

    def holds(self, asked: Asked) -> bool:
        """Whether something recorded answers the request."""
        return bool(self.desk.store.takes(asked.key))

    def _program_metadata(self, identity: Identity) -> Mapping[str, Any]:
        assert isinstance(identity, Asked)
        names = identity.names
        told = {**identity.fingerprint.as_metadata(), "key": names.key, "id": names.id}
        return {**told, **identity.say()}

    def _missed(self, identity: Identity, redaction: Redaction, turn: Turn, library: str) -> Plan:
        assert isinstance(identity, Asked)
        text = self.desk.missing(identity.names.id)
        found = nearest(identity, self._store, self._keyer)
        if found is not None:
            differing = ", ".join(differences(identity, found.identity)[:_TOLD])
            text += f" The nearest, {found.recording.name} ({found.alike} alike)"
            text += f", differs at {differing}." if differing else ", is of another id."
        text = legible(self._redactor.text(text))
        self._ledger.note(events.MISSED, text=text, key=identity.key)
        return Refuse(Miss(text, words_for(identity)))


def _as_given(given: str, shared: tuple[str, ...], identity: Identity) -> Names:
    own = f"{shared[0]}.{'stream' if identity.stream else 'plain'}"
    return Names(given, shared, own, identity.key, identity.stream, is_given=True)


def _by_fingerprint(
    fingerprint: Fingerprint, identity: Identity, sent: CapturedRequest, stored: CapturedRequest
) -> Names:
    told = raw = fingerprint.cassette_id
    if stored.content != sent.content:  # agentrec 0.2 named it by what was sent, secrets and all
        raw = fingerprint_of_request(sent).cassette_id
    shared = tuple(dict.fromkeys((told, raw)))
    return Names(told, shared, identity.key, identity.key, identity.stream, is_given=False)


def _is_ours(store: StandingStore) -> bool:
    """Whether a store is ours as it is, and no subclass with coroutines of its own."""
    base: type[StandingStore] = FileStore if isinstance(store, FileStore) else InMemoryStore
    return all(
        getattr(type(store), name) is getattr(base, name) for name in ("save", "load", "has", "discard")
    )


class _Unread(Ledger):
    """The ledger of a process that is in no run: nobody will count, so nothing piles up."""

    def note(self, kind: str, **facts: Any) -> None:
        """Noted nowhere."""


_unread = _Unread()
_shelves: weakref.WeakSet[Shelf] = weakref.WeakSet()
_busy: set[Shelf] = set()
"""Shelves with responses under way: they may outlive the transport and the scope they were asked in."""


def settle() -> None:
    """Keep what was garbage-collected unfinished since the last call."""
    for shelf in list(_busy):
        shelf.catch_up()
        if shelf.is_idle:
            _busy.discard(shelf)


def _finish() -> None:
    for shelf in list(_shelves):
        shelf.finish()


def _after_fork() -> None:
    for shelf in list(_shelves):
        shelf.after_fork()
        shelf.takes.after_fork()
        if isinstance(shelf.store, NamedStore):
            shelf.store.after_fork()


atexit.register(_finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
