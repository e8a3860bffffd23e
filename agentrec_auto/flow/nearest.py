"""The recording most like a request that nothing answers: for the words of a miss, and for fuzzy matching.

Similarity is rapidfuzz's (twice the longest common subsequence / length, 0 to 1) over the canonical bodies.
The search is bounded in time, not in corpus size: newest recordings of the same dialect and model first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from time import monotonic
from typing import Any

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import AgentrecError
from agentrec_auto.flow import active
from agentrec_auto.forks import loading
from agentrec_auto.keying.canonical import NO_DOCUMENT
from agentrec_auto.keying.identity import Identity, Keyer
from agentrec_auto.store.base import Recording, Store

SEARCH_S = 0.25
"""How long a search may take: a miss must be told at once."""

_COMPARED = 20_000
"""Characters of a canonical body that are compared; a quadratic measure needs a bound."""

_SHOWN = 48
"""Characters shown of a value that differs."""

MISSING = object()
"""The value of what isn't there."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A recording, who it is, and how like it is to what was asked (0 to 1)."""

    recording: Recording
    identity: Identity
    score: float

    @property
    def alike(self) -> str:
        """How like it is, in per cent; less than 100, for it is another request."""
        return f"{min(int(self.score * 100), 99)}%"


def nearest(asked: Identity, store: Store, keyer: Keyer, *, search_s: float = SEARCH_S) -> Likeness | None:
    """The most similar recording that was looked at in time; None if there is none to look at."""
    ratio = _ratio()
    best: Likeness | None = None
    deadline = monotonic() + search_s
    for recording in _candidates(asked, store):
        try:
            identity = keyer.identify(recording.interaction.request)
        except RecursionError:  # nested too deeply: made to be unreadable, or torn and mended
            continue
        score = _alike(asked, identity, ratio)
        if best is None or score > best.score:
            best = Likeness(recording, identity, score)
        if monotonic() > deadline:
            break
    return best


def same_kind(asked: Identity, found: Identity) -> bool:
    """Whether only the body tells two requests apart, so that one's answer can stand for the other's."""
    return (asked.method, asked.path, asked.model, asked.stream, asked.query, asked.extra) == (
        found.method,
        found.path,
        found.model,
        found.stream,
        found.query,
        found.extra,
    )


def differences(asked: Identity, found: Identity) -> list[str]:
    """Where two requests differ, ``path: found → asked`` each, the request line first."""
    told = [
        f"{what}: {_short(before)} → {_short(now)}"
        for what, before, now in (
            ("method", found.method, asked.method),
            ("path", found.path, asked.path),
            ("query", _query(found), _query(asked)),
            ("model", found.model, asked.model),
            ("stream", found.stream, asked.stream),
            ("headers or host", list(found.extra), list(asked.extra)),
        )
        if before != now
    ]
    told += [f"{path}: {changed(before, now)}" for path, before, now in body_differences(found, asked)]
    return told


def body_differences(before: Identity, now: Identity) -> Iterator[tuple[str, Any, Any]]:
    """Where two bodies differ, the model and the stream flag aside: by the paths of JSON, by the fields of
    uploads; others as a whole, which is called ``body``."""
    if before.document is not NO_DOCUMENT and now.document is not NO_DOCUMENT:
        yield from (one for one in walk(before.document, now.document) if one[0] not in ("model", "stream"))
    elif before.body != now.body:
        from agentrec_auto.keying.forms import fields  # here: for who uploads, and misses

        forms = fields(before.body), fields(now.body)
        found = [] if None in forms else list(walk(*forms))
        yield from found or [("body", before.body, now.body)]


def _query(identity: Identity) -> str:
    """The query as it stands in a URL, as far as it counts."""
    pairs = json.loads(identity.query) if identity.query else []
    return "&".join(f"{name}={value}" for name, value in pairs)


def walk(before: Any, now: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two JSON documents differ: path, and the value on each side (`MISSING` for none).

    If a list has grown or shrunk, the members that both begin with, and end with, are paired: a message put
    in front is one difference. A path is a path into ``now``, if the value is there.
    """
    if isinstance(before, dict) and isinstance(now, dict):
        for name in [*before, *(name for name in now if name not in before)]:
            step = f"{path}.{name}" if path else name
            yield from walk(before.get(name, MISSING), now.get(name, MISSING), step)
    elif isinstance(before, list) and isinstance(now, list):
        head, tail = _in_common(before, now) if len(before) != len(now) else (0, 0)
        pairs = zip_longest(before[head : len(before) - tail], now[head : len(now) - tail], fillvalue=MISSING)
        for index, (old, new) in enumerate(pairs, head):
            yield from walk(old, new, f"{path}[{index}]")
    elif before != now or type(before) is not type(now):
        yield path, before, now


def _in_common(before: list[Any], now: list[Any]) -> tuple[int, int]:
    """How many values two lists of unequal length begin and end with alike; none counts twice."""
    most = min(len(before), len(now))
    head = next((at for at in range(most) if _differ(before[at], now[at])), most)
    most -= head
    return head, next((at for at in range(most) if _differ(before[-1 - at], now[-1 - at])), most)


def _differ(before: Any, now: Any) -> bool:
    """As `walk` sees it: to ``==``, 1 and true are the same."""
    return next(walk(before, now), None) is not None


def changed(before: Any, now: Any) -> str:
    """Two values that differ, in a few words: ``"…Monday" → "…Tuesday"``."""
    if isinstance(before, str) and isinstance(now, str):
        return _changed_text(before, now)
    return f"{_short(before)} → {_short(now)}"


def _candidates(asked: Identity, store: Store) -> Iterator[Recording]:
    """Recordings to look at: of the same dialect and model first, then of the same dialect, then any."""
    seen: set[str] = set()
    same_model = str(asked.key)[:-16]  # a key is <dialect>_<model>_<16 hex>
    for name in chain(store.names(same_model), store.names(f"{asked.dialect}_"), store.names()):
        if name in seen:
            continue
        seen.add(name)
        interaction = _loaded(store, name)
        if interaction is not None:
            yield Recording(name, interaction)


def _loaded(store: Store, name: str) -> CapturedInteraction | None:
    try:
        return store.load(name)
    except (KeyError, AgentrecError):
        return None


def _alike(asked: Identity, found: Identity, ratio: Callable[[str, str], float]) -> float:
    """Likeness of bodies, less a tenth for each part of the request line that differs."""
    lines = sum(
        a != b
        for a, b in (
            (asked.method, found.method),
            (asked.path, found.path),
            (asked.model, found.model),
            (asked.stream, found.stream),
        )
    )
    if asked.body == found.body:
        score = 1.0
    else:
        score = min(ratio(asked.body[:_COMPARED], found.body[:_COMPARED]), 0.9999)
    return max(0.0, score - 0.1 * lines)


def _ratio() -> Callable[[str, str], float]:
    active.lend("rapidfuzz")
    try:
        with loading:
            from rapidfuzz import fuzz  # here: 59 ms to import, paid only where something was missed
    except ImportError:  # not there either: name the newest, unmeasured
        return lambda a, b: 0.0
    return lambda a, b: float(fuzz.ratio(a, b)) / 100


def _changed_text(before: str, now: str) -> str:
    """Both texts around the first place where they differ: ``"…Monday" → "…Tuesday"``."""
    pairs = zip(before, now, strict=False)
    differs = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(before), len(now)))
    start = _word_start(before, differs)
    lead = "…" if start else ""
    return f"{_quoted(lead, before[start:])} → {_quoted(lead, now[start:])}"


def _word_start(text: str, at: int) -> int:
    """Where the word around ``at`` begins; not further back than a few dozen characters."""
    space = text.rfind(" ", max(0, at - 24), at)
    return space + 1 if space >= 0 else at - min(at, 12)


def _quoted(lead: str, text: str) -> str:
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return json.dumps(lead + cut, ensure_ascii=False)


def _short(value: Any) -> str:
    if value is MISSING:
        return "absent"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
