"""What the key of a request is made of, what became of each part of it, and what replay does with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from agentrec_auto import bodypaths
from agentrec_auto.capture import CapturedRequest, Ending
from agentrec_auto.corpus.comparing import Difference, request_differences
from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.corpus.identity import Standing, standing
from agentrec_auto.flow.nearest import nearest
from agentrec_auto.keying.canonical import NO_DOCUMENT, parsed, rename_ids
from agentrec_auto.keying.identity import KEY_VERSION, Identity
from agentrec_auto.keying.rules import url_pattern
from agentrec_auto.redaction.url import is_secret_query_name
from agentrec_auto.settings import KeyRule
from agentrec_auto.store.base import split_name

SEARCH_S = 5.0
"""How long the most similar recording is looked for: a person waits, and no app."""

UNREADABLE = "unreadable"
"""In the place of the ending of a recording that can't be read."""

_MADE_BY_SDKS = "ids that SDKs make up for each run"


@dataclass(frozen=True, slots=True)
class Effect:
    """What one rule did to one value."""

    did: str
    """left out, replaced or renamed."""

    what: str
    """Which value: a body path, ``path``, or a query name."""

    before: Any
    after: Any
    """None where it was left out."""

    by: str
    """The rule: ``[[key.rule]] #1 (*/chat/completions)``, or what we do unasked."""


@dataclass(frozen=True, slots=True)
class Take:
    """A recording under the key."""

    name: str
    ending: str
    status: int
    is_replayed: bool


@dataclass(frozen=True, slots=True)
class Near:
    """The most similar recording, where none has the key."""

    name: str
    likeness: float
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that there is to say about one request's key."""

    identity: Identity
    method: str
    url: str
    effects: tuple[Effect, ...]
    rules: tuple[str, ...]
    """The rules whose ``url`` matches."""

    takes: tuple[Take, ...]
    name: str | None = None
    """What the recording is called that was asked about; None for a request from elsewhere."""

    standing: Standing | None = None
    near: Near | None = None
    key_version: int = KEY_VERSION
    cures: tuple[str, ...] = field(default=())

    @property
    def is_found(self) -> bool:
        """Whether replay would answer this request."""
        return any(take.is_replayed for take in self.takes)


def explained(corpus: Corpus, request: CapturedRequest, held: Held | None = None) -> Explanation:
    """The explanation of a request in its stored form; ``held``: the recording that it is of."""
    identity = corpus.identify(request)
    takes = tuple(_takes(corpus, identity))
    is_found = any(take.is_replayed for take in takes)
    near = None if is_found else _near(corpus, identity)
    if near is not None and held is not None and near.name == held.name:
        near = None  # itself, under another name than its key
    matching = [
        (f"[[key.rule]] #{number} ({rule.url})", rule)
        for number, rule in enumerate(corpus.settings.key_rules, 1)
        if url_pattern(rule.url).fullmatch(re.split("[?#]", request.url, maxsplit=1)[0])
    ]
    return Explanation(
        identity=identity,
        method=identity.method,
        url=request.url,
        effects=tuple(_effects(request, matching)),
        rules=tuple(name for name, _ in matching),
        takes=takes,
        name=held.name if held else None,
        standing=standing(held, identity) if held else None,
        near=near,
        cures=tuple(_cures(request, near)) if near else (),
    )


def _takes(corpus: Corpus, identity: Identity) -> Iterator[Take]:
    for recording in corpus.store.takes(identity.key):
        interaction = recording.interaction
        is_replayed = interaction.ending is not Ending.FAILED
        yield Take(recording.name, interaction.ending.value, interaction.response_status, is_replayed)
    for name in sorted(corpus.store.unread):
        if split_name(name)[0] == identity.key:
            yield Take(name, UNREADABLE, 0, False)


def _near(corpus: Corpus, identity: Identity) -> Near | None:
    found = nearest(identity, corpus.store, corpus.keyer, search_s=SEARCH_S)
    if found is None:
        return None
    return Near(found.recording.name, found.score, tuple(request_differences(found.identity, identity)))


def _effects(request: CapturedRequest, rules: Sequence[tuple[str, KeyRule]]) -> Iterator[Effect]:
    """What the rules do, one after the other, as `Keyer` has them do it."""
    url = urlsplit(request.url)
    yield from _on_text("path", url.path, rules)
    for name, value in parse_qsl(url.query, keep_blank_values=True):
        by = next((by for by, rule in rules if name in rule.ignore_query), None)
        if by is None and is_secret_query_name(name):
            by, value = "credentials never count", "[REDACTED]"
        if by is not None:
            yield Effect("left out", f"query {name}", value, None, by)
    document = _document(request.content)
    if document is NO_DOCUMENT:
        yield from _on_text("body", request.content.decode("utf-8", "replace"), rules)
        return
    for by, rule in rules:
        for spelled in rule.ignore:
            path = bodypaths.compile(spelled)
            for value in path.find(document):
                yield Effect("left out", spelled, value, None, by)
            document = path.removed(document)
    texts = dict(leaves(document))
    for place, text in texts.items():
        for effect in _on_text(place, text, rules):
            yield effect
            texts[place] = effect.after
    if texts and rules:
        document = _with(document, texts)
    renamed = dict(leaves(rename_ids(document)))
    for place, text in leaves(document):
        if renamed[place] != text:
            yield Effect("renamed", place, text, renamed[place], _MADE_BY_SDKS)


def _document(content: bytes) -> Any:
    """The body as the keyer takes it: one that is nested without end is told apart by its bytes."""
    document = parsed(content, exactly=True)
    try:
        if document is not NO_DOCUMENT:
            rename_ids(document)
    except RecursionError:
        return NO_DOCUMENT
    return document


def _on_text(place: str, text: str, rules: Sequence[tuple[str, KeyRule]]) -> Iterator[Effect]:
    for by, rule in rules:
        for one in rule.replace:
            replaced = re.sub(one.pattern, one.with_, text)
            if replaced != text:
                yield Effect("replaced", place, text, replaced, f"{by}, {one.pattern!r}")
                text = replaced


def leaves(document: Any) -> Iterator[tuple[str, str]]:
    """The strings of a JSON document and the paths to them, in order."""
    pending: list[tuple[str, Any]] = [("", document)]
    while pending:
        place, value = pending.pop()
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, dict):
            inner = [(f"{place}.{name}" if place else name, member) for name, member in value.items()]
            pending += reversed(inner)
        elif isinstance(value, list):
            pending += reversed([(f"{place}[{at}]", member) for at, member in enumerate(value)])


def _with(document: Any, texts: dict[str, str], place: str = "") -> Any:
    """The document with other strings at the paths of `leaves`."""
    if isinstance(document, str):
        return texts[place]
    if isinstance(document, dict):
        return {
            name: _with(member, texts, f"{place}.{name}" if place else name)
            for name, member in document.items()
        }
    if isinstance(document, list):
        return [_with(member, texts, f"{place}[{at}]") for at, member in enumerate(document)]
    return document


_SAID = re.compile(r"(messages|input|contents|prompt|system|instructions|tools|texts|query|message)\b")
_CHANGING = (
    (r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?", "<date>"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>"),
    (r"\b\d{10,16}\b", "<number>"),
)
"""What differs from run to run inside of texts, and a rule that makes it the same."""


def _cures(request: CapturedRequest, near: Near) -> Iterator[str]:
    """Lines of TOML that would make the request and the most similar recording the same, if rules can."""
    ignore, replace = [], []
    for difference in near.differences:
        before, after = difference.before, difference.after
        if not difference.is_in_body:
            return
        pairs = [
            (pattern, instead)
            for pattern, instead in _CHANGING
            if isinstance(before, str)
            and isinstance(after, str)
            and re.sub(pattern, instead, before) == re.sub(pattern, instead, after)
        ]
        if pairs:
            replace.append(pairs[0])
        elif not _SAID.match(difference.path):
            ignore.append(difference.path)
        else:
            return  # another question: no rule should make it the same
    if not (ignore or replace):
        return
    yield "[[key.rule]]"
    yield f'url = "*{urlsplit(request.url).path}"'
    if ignore:
        yield f"ignore = {json.dumps(ignore)}"
    if replace:
        told = ", ".join(
            f"{{ pattern = '{pattern}', with = \"{instead}\" }}" for pattern, instead in dict(replace).items()
        )
        yield f"replace = [{told}]"
