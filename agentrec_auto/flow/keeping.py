"""Keeping what came back: from a settled tap to an interaction in the store.

`Keeping` is the outlet of one tap. A response that can't be kept costs one warning, never the app's call.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, Ending
from agentrec_auto.errors import StoreBusyError, StoreError, UndecodableBodyError
from agentrec_auto.flow import ledger as events
from agentrec_auto.flow.drift import drift
from agentrec_auto.flow.ledger import warn_once
from agentrec_auto.flow.miss import asked_for, incomparable
from agentrec_auto.flow.shelf import Shelf
from agentrec_auto.flow.takes import Turn
from agentrec_auto.flow.tap import Tap
from agentrec_auto.interrupts import Muffled, let_through
from agentrec_auto.keying.identity import KEY_VERSION, Identity
from agentrec_auto.providers.endings import status_in
from agentrec_auto.redaction.redactor import Redaction
from agentrec_auto.spool import Spool
from agentrec_auto.store.document import FORMAT_VERSION

if TYPE_CHECKING:  # replay reads no question
    from agentrec_auto.providers.conversation import Question

_TRANSIENT = frozenset({408, 409, 425, 429})
_TOLD = 3

_WRITABLE = "Make the corpus writable"
_ROOM = "Make room there"
_FILES = "Let the app open more files (`ulimit -n`)"
_CURES: Mapping[int | None, str] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _ROOM),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), _FILES),
}
"""What to do about an error of the file system; `_WRITABLE` for the rest."""


def is_transient(status: int) -> bool:
    """Whether a status says "try again": such answers are not kept unless asked for."""
    return status in _TRANSIENT or status >= 500


@dataclass(frozen=True, slots=True)
class Origin:
    """What a recording remembers of its call beside the bytes; gathered while the call is on the stack."""

    identity: Identity
    redaction: Redaction
    turn: Turn
    library: str
    call_site: str | None
    said: Mapping[str, Any]
    """Metadata from the program; wins over ours."""


class Keeping:
    """The outlet of one tap: keeps its interaction, or compares it (verify)."""

    __slots__ = ("_name", "_origin", "_shelf")

    def __init__(self, shelf: Shelf, origin: Origin) -> None:
        self._shelf = shelf
        self._origin = origin
        self._name: str | None = None

    def settled(self, tap: Tap, ending: Ending) -> None:
        """Keep what came back, or say why not."""
        shelf, asked = self._shelf, self._origin.identity
        shelf.scope.follow(self._origin.redaction.request.url, tap.status, tap.headers)
        failed = is_transient(tap.status) or ending is Ending.FAILED
        # Without a head (no connection, or a timeout around the call) there is no answer to keep.
        if not tap.status or (failed and shelf.settings.failures == "drop"):
            shelf.ledger.note(events.DROPPED, status=tap.status, key=asked.key)
            return
        try:
            interaction = self._interaction(tap, ending)
        except UndecodableBodyError as error:
            self._warn(f"{asked_for(asked)} was not recorded: {error}")
        except (OSError, StoreError) as error:
            let_through(error)
            self._unrecorded(error)
        else:
            told = status_in(interaction.chunks) if tap.status == 200 else None
            if told is not None and is_transient(told) and shelf.settings.failures == "drop":
                shelf.ledger.note(events.DROPPED, status=told, key=asked.key)
                return
            verifies = shelf.settings.mode == "verify"
            keep = self._verify if verifies else self._keep
            shelf.write(partial(self._guarded, keep, interaction), self._unrecorded)

    def spool(self, tap: Tap) -> Spool | None:
        """A spool, if redaction can watch the body as it comes; none in verify, which compares it whole."""
        if self._shelf.settings.mode == "verify" or isinstance(tap.chunks, Spool):
            return None
        watch = self._origin.redaction.watch(tap.headers)
        return None if watch is None else Spool(tap.chunks, watch)

    def extended(self, tap: Tap) -> None:
        """More came after the last event: write the recording once more, whole."""
        if self._name is None or tap.ending is None:
            return
        try:
            interaction = self._interaction(tap, tap.ending)
        except UndecodableBodyError as error:
            self._warn(f"{self._name} lacks what came after its last event: {error}")
        except (OSError, StoreError) as error:
            let_through(error)
            self._tell_once(error)
        else:
            rewrite = partial(self._rewrite, self._name)
            self._shelf.write(partial(self._guarded, rewrite, interaction), self._tell_once)

    def dropped(self, tap: Tap) -> None:
        """The response was garbage-collected: settled later, outside the finaliser."""
        self._shelf.left.append(tap.closed)

    def failed(self, tap: Tap | None, error: Exception) -> None:
        """The tap went mute: one warning, and the app's call goes on."""
        self._warn(f"a response was not recorded, by a fault of our own: {type(error).__name__}: {error}")

    def _guarded(
        self, write: Callable[[CapturedInteraction], None], interaction: CapturedInteraction
    ) -> None:
        """What fails here may have been put off, and is nobody else's failure; what can't be done now because
        others are at work in the store, can be done later."""
        try:
            write(interaction)
        except StoreBusyError:
            raise
        except (OSError, StoreError) as error:
            let_through(error)
            self._unrecorded(error)
        except Exception as error:
            let_through(error)
            with Muffled():  # to tell of a failure may fail, too
                self.failed(None, error)

    def _unrecorded(self, error: Exception) -> None:
        self._shelf.ledger.note(events.UNRECORDED, key=self._origin.identity.key)
        self._tell_once(error)

    def _rewrite(self, name: str, interaction: CapturedInteraction) -> None:
        try:
            self._shelf.store.rewrite(name, interaction)
        except StoreBusyError:
            raise
        except (OSError, StoreError) as error:  # it is recorded, if not as whole
            let_through(error)
            self._tell_once(error)

    def _keep(self, interaction: CapturedInteraction) -> None:
        shelf, key = self._shelf, self._origin.identity.key
        take = shelf.takes.keep(self._origin.turn, key)
        replace = shelf.settings.mode in ("record", "refresh")
        try:
            self._name = shelf.store.add(key, interaction, take=take, run=shelf.run, replace=replace)
        except BaseException:
            shelf.takes.unkeep(self._origin.turn, key)
            raise
        shelf.note_secrets(self._origin.identity.dialect)
        if self._name is None:
            shelf.ledger.note(events.REPEATED, key=key)
        else:
            shelf.ledger.note(
                events.RECORDED,
                name=self._name,
                status=interaction.response_status,
                ending=interaction.ending.value,
            )

    def _verify(self, live: CapturedInteraction) -> None:
        shelf, asked, reel = self._shelf, self._origin.identity, self._origin.turn.reel
        if reel is None:
            text = incomparable(asked, shelf.store.where, site=self._origin.call_site)
            shelf.ledger.note(events.DRIFTED, text=text, key=asked.key)
            return
        told = drift(shelf.store.load(reel.name), live)
        if not told:
            shelf.ledger.note(events.VERIFIED, name=reel.name)
            return
        more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
        text = f"{reel.name} drifted: {', '.join(told[:_TOLD])}{more}"
        shelf.ledger.note(events.DRIFTED, name=reel.name, text=text)

    def _interaction(self, tap: Tap, ending: Ending) -> CapturedInteraction:
        """What is stored of a response: decoded, redacted, with where it came from."""
        from agentrec_auto.providers.summary import reading_of, understood  # here: replay needs no dialect

        redaction = self._origin.redaction
        interaction = CapturedInteraction(
            request=redaction.request,
            response_status=tap.status,
            response_headers=tap.headers,
            response_extensions=tap.extensions,
            chunks=cast("list[CapturedChunk]", tap.chunks),  # a spool is read like one, and handed on
        )
        clean = redaction.response(interaction)
        try:
            asked = self._origin.identity
            reading = reading_of(clean, asked.document if asked.is_as_sent else None)
            question = reading.question if reading.is_of_first else None
            clean.metadata = {**self._metadata(tap, ending, question), **clean.metadata}
            return understood(clean, redaction.text, reading)
        except Exception as error:  # a dialect, perhaps somebody else's, that fails over an odd body
            let_through(error)
            self._warn(f"a recording has no summary: {type(error).__name__}: {error}")
            clean.metadata = {**self._metadata(tap, ending, None), **clean.metadata}
            return clean

    def _metadata(self, tap: Tap, ending: Ending, question: Question | None) -> dict[str, Any]:
        """Provenance: see `docs/format.md` for what each field says."""
        from agentrec_auto.keying.semantic import SEMANTIC_KEY_VERSION, semantic_key

        origin, identity, said = self._origin, self._origin.identity, self._origin.said
        agent = origin.redaction.request.header(b"user-agent")
        tags = self._shelf.tags.of(origin.redaction.request.url)
        told: dict[str, Any] = {
            "format_version": FORMAT_VERSION,
            "provider": identity.provider,
            "model": identity.model,
            "semantic_key": said.get("semantic_key") or semantic_key(identity, question),
            "semantic_key_version": None if "semantic_key" in said else SEMANTIC_KEY_VERSION,
            "recorded_at": datetime.now(timezone.utc).isoformat(timespec="microseconds"),
            "category": tags.pop("category", None),
            "key": identity.key,
            "key_version": KEY_VERSION,
            "dialect": identity.dialect,
            "stream": identity.stream,
            "ending": ending.value,
            "whole": tap.whole,
            "error": tap.error,
            "order": origin.turn.order,
            "run": self._shelf.run,
            "latency_s": round(tap.latency_s or perf_counter() - tap.started, 4),
            "latency_first_chunk_s": _latency_first_chunk_s(tap),
            "library": origin.library,
            "sdk": agent.decode("latin-1") if agent else None,
            "call_site": origin.call_site,
            "tags": tags or None,
        }
        return {**{name: value for name, value in told.items() if value is not None}, **said}

    def _tell_once(self, error: Exception) -> None:
        """The store fails: said once, of the first call it fails for; counted for each."""
        shelf = self._shelf
        if not shelf.is_told:
            shelf.is_told = True
            why = str(error)
            if isinstance(error, OSError):
                why = f"can't write to {shelf.store.where} ({error.strerror or error})"
            cure = _ROOM if "is full" in why else _CURES.get(getattr(error, "errno", None), _WRITABLE)
            if isinstance(error, StoreBusyError):
                cure = "End that process"
            self._warn(
                f"{asked_for(self._origin.identity)} was not recorded: {why}; the app's call went through, "
                f"and so will others. {cure}, or name another with AGENTREC_CORPUS"
            )

    def _warn(self, text: str) -> None:
        warn_once(self._shelf.ledger, self._origin.redaction.text(text))


def _latency_first_chunk_s(tap: Tap) -> float | None:
    return round(tap.latency_head_s + tap.chunks[0].timestamp_offset, 4) if tap.chunks else None
