"""The events of a run, counted, and what is to be said of them at its end."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from agentrec_auto.flow.ledger import (
    BEGUN,
    BYPASSED,
    DRIFTED,
    DROPPED,
    LIVE,
    MISSED,
    RECORDED,
    REFUSED,
    REPEATED,
    REPLAYED,
    SEEN_SDK,
    SUMMED,
    TOLD,
    UNRECORDED,
    VERIFIED,
    WARNED,
    Event,
)
from agentrec_auto.providers.hosts import unset_keys


@dataclass
class Tally:
    """The events of a process tree, counted."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[Event] = field(default_factory=list)
    refusals: list[Event] = field(default_factory=list)
    bypasses: list[Event] = field(default_factory=list)
    drifts: list[Event] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sdks: dict[str, str] = field(default_factory=dict)
    """SDK that was imported → the variable of its key, if no process that imported it had one; else empty."""

    seen: set[tuple[str, str]] = field(default_factory=set)
    """(place, text): what went wrong, and where it was said already."""

    inner: list[tuple[str, str]] = field(default_factory=list)
    """(line, place): the line that summed up each run inside this one, and where it was said."""

    used: set[str] = field(default_factory=set)
    """Names of the recordings that were replayed."""

    replayed_errors: Counter[int] = field(default_factory=Counter)
    """HTTP statuses of 400 and above among what was replayed."""

    has_begun: bool = False
    """Whether a live call went out, be it that none ended."""

    fuzzy: int = 0
    """How many of the replayed were served by likeness, not identity."""

    def add(self, event: Event) -> None:
        """Count one event."""
        kind = event.get("kind", "")
        if kind == SEEN_SDK:
            name, unset = str(event.get("name")), str(event.get("unset") or "")
            self.sdks[name] = unset if self.sdks.get(name, unset) else ""
            return
        if kind == BEGUN:
            self.has_begun = True
            return
        self._add_seen(event)
        if kind == SUMMED and event.get("line"):
            self.inner.append((str(event["line"]), str(event.get("seen"))))
        if kind in (SUMMED, TOLD):
            return
        if kind == WARNED:
            text = str(event.get("text"))
            if text not in self.warnings:
                self.warnings.append(text)
            return
        self.counts[kind] += 1
        lists = {MISSED: self.misses, REFUSED: self.refusals, BYPASSED: self.bypasses, DRIFTED: self.drifts}
        if kind in lists:
            lists[kind].append(event)
        if kind == REPLAYED:
            self.used.add(str(event.get("name")))
            self.fuzzy += bool(event.get("fuzzy"))
            if (status := int(event.get("status", 200))) >= 400:
                self.replayed_errors[status] += 1

    def _add_seen(self, event: Event) -> None:
        if seen := event.get("seen"):
            texts = event.get("texts") or [event.get("text")]
            self.seen.update((str(seen), str(text)) for text in texts)

    @property
    def wrong(self) -> list[str]:
        """What went wrong, in words, each once."""
        events = (*self.misses, *self.refusals, *self.drifts)
        return list(dict.fromkeys(str(event.get("text")) for event in events))

    def untold(self, texts: Iterable[str], place: str) -> list[str]:
        """Those of ``texts`` that weren't said at ``place`` yet."""
        return [text for text in texts if (place, text) not in self.seen]

    @property
    def is_red(self) -> bool:
        """Whether the run must not end green, whatever its command says."""
        return bool(self.misses or self.refusals or self.drifts)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of any LLM call."""
        return not self.counts

    def line(self, *, mode: str, corpus: str) -> str:
        """The one line that says what the run did: ``2 replayed, 1 recorded, 0 missed · mode auto · …``."""
        return f"{self.told} · mode {mode} · {corpus}"

    @property
    def told(self) -> str:
        """The same without mode and corpus."""
        if self.is_empty:
            return (
                "an LLM call was made, and none came to its end" if self.has_begun else "no LLM call was seen"
            )
        parts = [f"{self.counts[REPLAYED]} replayed"]
        if self.replayed_errors:
            told = ", ".join(f"{count} of {status}" for status, count in sorted(self.replayed_errors.items()))
            parts[0] += f" (recorded errors: {told})"
        if self.fuzzy:
            parts[0] += f" ({self.fuzzy} by likeness)"
        parts.append(f"{self.counts[RECORDED]} recorded")
        parts.append(f"{self.counts[MISSED]} missed")
        for kind, word in (
            (LIVE, "live, unrecorded"),
            (UNRECORDED, "unrecorded"),
            (DROPPED, "failed and not kept"),
            (REPEATED, "asked again by another process or test"),
            (VERIFIED, "verified"),
            (DRIFTED, "drifted"),
            (REFUSED, "connection refused" if self.counts[REFUSED] == 1 else "connections refused"),
            (BYPASSED, "went past us, unrecorded"),
        ):
            if self.counts[kind]:
                parts.append(f"{self.counts[kind]} {word}")
        return ", ".join(parts)

    def alarms(self) -> list[str]:
        """Sentences about traffic that we should have seen and didn't."""
        hosts: dict[str, set[str]] = {}
        for event in self.bypasses:
            hosts.setdefault(str(event.get("what")), set()).add(str(event.get("host")))
        told = [
            f"{what} to {', '.join(sorted(names))} went past every seam and was not recorded: "
            "`agentrec doctor` says which libraries are covered"
            for what, names in hosts.items()
        ]
        if self.is_empty and self.sdks and not self.has_begun:
            were = "was" if len(self.sdks) == 1 else "were"
            why = "`agentrec doctor -- CMD` says why"
            if unset := unset_keys(sorted(self.sdks.values())):
                why = f"{unset}; else {why}"
            told.append(f"{', '.join(sorted(self.sdks))} {were} imported, but no LLM call was seen: {why}")
        return told


def read(folder: str) -> Tally:
    """Count the events that the processes of a run left in ``folder``."""
    tally = Tally()
    for event in _events(folder):
        tally.add(event)
    return tally


def _events(folder: str) -> Iterator[Event]:
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".jsonl"))
    except OSError:
        return
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as lines:
            yield from events_in(lines)


def events_in(lines: Iterable[str | bytes]) -> Iterator[Event]:
    """The events in the lines of a ledger; torn ones are passed over."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event
