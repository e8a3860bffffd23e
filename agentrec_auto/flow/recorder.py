"""The recorder: takes a request and says what becomes of it.

One a process for patched libraries (`agentrec_auto.assemble`); explicit transports may have their own.
It is asked by every seam in the same words, whatever library and whether sync or async: `again`, then
`concerns`, then `plan`. What comes back is `agentrec_auto.flow.keeping`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from agentrec_auto.capture import CapturedRequest, Ending
from agentrec_auto.flow import ledger as events
from agentrec_auto.flow.callsite import call_site
from agentrec_auto.flow.keeping import Keeping, Origin
from agentrec_auto.flow.ledger import Ledger, warn_once
from agentrec_auto.flow.miss import CURE, Miss, legible, past_last_take, unreadable, unrecorded, words_for
from agentrec_auto.flow.nearest import Likeness, nearest, same_kind
from agentrec_auto.flow.plan import PASS, Plan, Record, Refuse, Replay
from agentrec_auto.flow.reel import Reel, reel_of
from agentrec_auto.flow.scope import Scope
from agentrec_auto.flow.shelf import Shelf
from agentrec_auto.flow.takes import Lane, Takes, Turn, warn_of_format
from agentrec_auto.flow.tap import Tap
from agentrec_auto.flow.unsent import INGEST, TAKEN, stays_here
from agentrec_auto.keying.identity import Identity, Keyer
from agentrec_auto.keying.seen import SeenRequests, Stamp
from agentrec_auto.redaction.redactor import Redaction, Redactor
from agentrec_auto.settings import Settings
from agentrec_auto.store.base import Store


class Recorder:
    """Decides, under one set of settings."""

    cure = CURE
    """How to record what isn't there, as a miss tells it."""

    def __init__(
        self, settings: Settings, store: Store, redactor: Redactor, ledger: Ledger, *, run: str
    ) -> None:
        self.settings = settings
        self._store = store
        self._redactor = redactor
        self._ledger = ledger
        self._run = run
        self._keyer = Keyer(settings.key_rules)
        self._scope = Scope(settings)
        self._seen = SeenRequests(self._keyer.counted_headers)
        self._told_short = self._fell_short  # bound once: each reel keeps it
        self._stamped: tuple[CapturedRequest | None, Stamp] = (None, ())
        """What `again` saw last, and its stamp: that of a megabyte takes longer than a replay."""

        records_between_replays = settings.mode == "auto" or settings.on_miss == "record"
        self._warn = partial(warn_once, ledger)
        self._takes = Takes(
            store,
            policy=settings.takes,
            skip_run=run if records_between_replays else None,
            warn=self._warn,
        )
        self._shelf = Shelf(settings, store, self._takes, ledger, self._scope, run=run)

    def concerns(self, method: str, url: str, body: Callable[[], bytes | None]) -> bool:
        """Whether a request is in scope; ``body`` gives its bytes if they are at hand, else None."""
        if self._is_for_traces(url):
            return True
        return self.settings.mode != "off" and self._scope.concerns(method, url, body)

    def _is_for_traces(self, url: str) -> bool:
        return self.settings.mode == "replay" and url.endswith(INGEST)

    def again(self, request: CapturedRequest) -> Replay | None:
        """The replay of a request that was planned before and has a recording ready, without scope, redaction
        or key; else None, and the request goes the whole way (`concerns`, `plan`)."""
        if self._seen.is_empty:  # nothing is replayed here, or not yet
            return None
        stamp = self._seen.stamp(request)
        self._stamped = (request, stamp)
        key = self._seen.key_of(stamp)
        if key is None or (reel := self._takes.ready(key)) is None:
            return None
        self._shelf.catch_up()
        return self._playing(reel, fuzzy=False)

    def plan(self, request: CapturedRequest, library: str) -> Plan:
        """What becomes of a request in scope. ``library``: who sends it (``httpx2 2.16.2``)."""
        self._shelf.catch_up()
        if self._is_for_traces(request.url):
            return Replay(TAKEN, 0.0, self._told_short) if stays_here(request) else PASS
        redaction = self._redactor.open(request)
        counted = redaction.request if self._keyer.counted_headers else redaction.without_headers
        identity = self._keyer.identify(counted)
        plan = self._planned(identity, redaction, library)
        if isinstance(plan, Replay):
            self._scope.follow(request.url, plan.reel.status, plan.reel.headers)
            asked, stamp = self._stamped
            self._seen.remember(stamp if asked is request else self._seen.stamp(request), identity.key)
        return plan

    def _planned(self, identity: Identity, redaction: Redaction, library: str) -> Plan:
        mode = self.settings.mode
        turn = self._takes.turn(identity.key, replays=mode in ("auto", "replay", "verify"))
        match mode:
            case "record" | "refresh" | "verify":
                return self._tapped(identity, redaction, turn, library)
            case "auto":
                return self._replayed(identity, turn) or self._tapped(identity, redaction, turn, library)
            case "replay":
                return self._replayed(identity, turn) or self._missed(identity, redaction, turn, library)
            case _:
                return PASS

    def refuse(self, text: str, *, dialect: str = "", **facts: Any) -> Plan:
        """A refusal in words: on stderr now, in the ledger for the end, and as the app's answer."""
        text = legible(text)
        self._ledger.missed(text, **facts)
        return Refuse(Miss(text, dialect))

    def start_lane(self, lane: Lane | None = None) -> Lane:
        """A new test begins: takes count from 1 again, or go on in ``lane``; gives the lane before."""
        return self._takes.start_lane(lane)

    def finish(self) -> None:
        """The process ends: responses still open were abandoned."""
        self._shelf.finish()
        self._ledger.flush()

    def after_fork(self) -> None:
        """In a forked child: counts of its own; open responses are the parent's to keep."""
        self._takes.after_fork()
        self._shelf.after_fork()

    def _tapped(self, identity: Identity, redaction: Redaction, turn: Turn, library: str) -> Plan:
        said = self._program_metadata(identity)
        origin = Origin(identity, redaction, turn, library, call_site(self.settings.root), said)
        tap = Tap(Keeping(self._shelf, origin))
        self._shelf.opened(tap)
        return Record(tap)

    def _program_metadata(self, identity: Identity) -> Mapping[str, Any]:
        """Metadata that the program gives a call about to be recorded, by an explicit transport; wins over
        ours."""
        return {}

    def _replayed(self, identity: Identity, turn: Turn) -> Plan | None:
        """A replay of the turn's reel or, where that is allowed, of a recording like it."""
        if turn.reel is not None:
            return self._playing(turn.reel, fuzzy=False)
        if self.settings.match != "fuzzy" or turn.recorded:
            return None
        found = nearest(identity, self._store, self._keyer)
        if found is None or found.score < self.settings.threshold or not self._may_serve(identity, found):
            return None
        warn_of_format(found.recording.interaction.metadata, self._store.where, self._warn)
        return self._playing(reel_of(found.recording), fuzzy=True)

    def _may_serve(self, identity: Identity, found: Likeness) -> bool:
        interaction = found.recording.interaction
        if interaction.ending is Ending.FAILED or not same_kind(identity, found.identity):
            return False
        return self.settings.mode != "auto" or interaction.metadata.get("run") != self._run

    def _playing(self, reel: Reel, *, fuzzy: bool) -> Replay:
        self._ledger.replayed(reel.name, reel.status, fuzzy=fuzzy)
        play: Replay | None = reel.ready.get(self)
        if play is None:
            play = reel.ready[self] = Replay(reel, self.settings.speed, self._told_short)
        return play

    def _missed(self, identity: Identity, redaction: Redaction, turn: Turn, library: str) -> Plan:
        match self.settings.on_miss:
            case "record":
                return self._tapped(identity, redaction, turn, library)
            case "live":
                self._ledger.note(events.LIVE, key=identity.key)
                return PASS
        site = call_site(self.settings.root)
        if turn.unread:
            text = unreadable(identity, self._store.where, turn.unread, site=site)
        elif turn.recorded:
            text = past_last_take(identity, self._store.where, turn.order, turn.recorded, site=site)
        else:
            found = nearest(identity, self._store, self._keyer)
            text = unrecorded(identity, self._store.where, found, site=site, cure=self.cure)
        return self.refuse(self._redactor.text(text), dialect=words_for(identity), key=identity.key)

    def _fell_short(self, reel: Reel) -> None:
        text = reel.shortfall or ""
        self._ledger.missed(text, key=reel.name)
