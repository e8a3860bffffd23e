"""Secrets in bodies: JSON, streams of it, forms, multipart, plain text, and bytes that are no text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agentrec_auto.redaction import events, paths, percent
from agentrec_auto.redaction.documents import in_text, is_json
from agentrec_auto.redaction.edits import Edit, applied, bytes_of, merged, text_of
from agentrec_auto.redaction.fields import PLACEHOLDER, is_done, is_secret_name
from agentrec_auto.redaction.finder import Finder
from agentrec_auto.redaction.paths import Paths
from agentrec_auto.redaction.url import is_secret_query_name

_FORM_PAIR = re.compile(r"[^&]+")
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,200})', re.IGNORECASE)
_PART_NAME = re.compile(r'\bname="?([^";\r\n]*)', re.IGNORECASE)
_PART_TYPE = re.compile(r"^content-type:\s*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_OPENS_TEXT = re.compile(r"\s*(?:[{\[:]|data:|event:|id:|retry:)")
_BLANK_LINE = re.compile(r"\r?\n\r?\n")
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """What is redacted, wherever it is."""

    finder: Finder = field(default_factory=Finder)
    paths: Paths = field(default_factory=Paths)
    headers: frozenset[bytes] = frozenset()
    """Names that the user adds, in lower case; so `query`."""

    query: frozenset[str] = frozenset()


def redacted(body: bytes, content_type: str, rules: Rules) -> bytes:
    """The body without its secrets, otherwise unchanged; the same object if it has none."""
    text = text_of(body)
    clean = applied(text, edits(text, content_type, rules))
    return body if clean is text else bytes_of(clean)


def edits(text: str, content_type: str, rules: Rules, depth: int = _DEPTH) -> list[Edit]:
    """What is to be replaced in a body, in order and disjoint."""
    kind = content_type.lower()
    if kind.startswith("application/x-www-form-urlencoded"):
        return merged(_in_form(text, rules))
    if kind.startswith("multipart/") and depth and (boundary := _BOUNDARY.search(content_type)):
        return merged(_in_parts(text, boundary[1], rules, depth))
    return in_documents(text, rules)


def in_documents(text: str, rules: Rules, *, repeats: bool = False) -> list[Edit]:
    """What is to be replaced in JSON documents and what is between them.

    ``repeats``: the text is a stream, whose events are much alike.
    """
    near, named = rules.finder.narrowed(text, repeats=repeats), rules.paths.narrowed(text)
    if near is None and not named:
        return []
    if _is_binary(text):
        return [] if near is None else [_masked(text, edit) for edit in merged(near.find(text))]
    found: list[Edit] = []
    clean: set[str] = set()
    at = 0
    for start, end in [*events.documents(text), (len(text), len(text))]:
        between, document = text[at:start], text[start:end]
        if near is not None and not between.isspace():
            found += (edit.shifted(at) for edit in in_text(between, near, depth=0))
        inside = paths.in_document(document, named)
        if near is not None and not (repeats and _is_clean(document, near, clean)):
            inside += in_text(document, near)
        found += (edit.shifted(start) for edit in inside)
        at = end
    return merged(found)


def _is_binary(text: str) -> bool:
    """Whether a body is no text; one that was cut off in the middle of a character is."""
    return "\0" in text or (_OPENS_TEXT.match(text) is None and _UNDECODABLE.search(text) is not None)


def _is_clean(document: str, finder: Finder, clean: set[str]) -> bool:
    """Whether a document has nothing to be found, for sure; ``clean`` remembers strings for the next one.

    Between two quotes of a JSON text without escapes is a string, or nothing of interest.
    """
    if finder.fields or not is_json(document):
        return False
    for piece in document.split('"'):
        if piece not in clean:
            if "\\" in piece or finder.find(piece):
                return False
            clean.add(piece)
    return True


def _in_form(text: str, rules: Rules) -> Iterator[Edit]:
    near = rules.finder.narrowed(percent.decoded(text, plus=True))
    for pair in _FORM_PAIR.finditer(text):
        before, equals, value = pair[0].partition("=")
        name = percent.decoded(before, plus=True)
        if not equals:
            value = before
        at = pair.end() - len(value)
        if equals and (
            is_secret_query_name(name) or name.lower() in rules.query or rules.paths.leads_to(name)
        ):
            if value and not is_done(value):
                yield Edit(at, pair.end(), PLACEHOLDER)
        elif near is not None:
            inside = in_text(percent.decoded(value, plus=True), near)
            yield from (edit.shifted(at) for edit in percent.spelled(value, inside))


def _in_parts(text: str, boundary: str, rules: Rules, depth: int) -> Iterator[Edit]:
    """RFC 2046 §5.1.1: parts between lines ``--boundary``, each with headers, a blank line, and a body."""
    near = rules.finder.narrowed(text)
    delimiter = re.compile(rf"(?:\r?\n|^)--{re.escape(boundary)}(?:--)?[ \t]*(?=\r?\n|\Z)")
    found = list(delimiter.finditer(text))
    starts = [0, *(match.end() for match in found)]
    ends = [*(match.start() for match in found), len(text)]
    for start, end in zip(starts, ends, strict=True):
        blank = _BLANK_LINE.search(text, start, end)
        if blank is None:  # before the first part, behind the last, or cut off
            if near is not None:
                yield from (edit.shifted(start) for edit in in_text(text[start:end], near))
            continue
        head, body = text[start : blank.start()], text[blank.end() : end]
        if near is not None:
            yield from (edit.shifted(start) for edit in in_text(head, near, depth=0))
        name = _PART_NAME.search(head)
        if name is not None and (is_secret_name(name[1]) or rules.paths.leads_to(name[1])):
            if body and not is_done(body):
                yield Edit(blank.end(), end, PLACEHOLDER)
            continue
        kind = _PART_TYPE.search(head)
        inside = replace(rules, finder=near or rules.finder)
        yield from (
            edit.shifted(blank.end()) for edit in edits(body, kind[1] if kind else "", inside, depth - 1)
        )


def _masked(text: str, edit: Edit) -> Edit:
    """The edit with a replacement as long as what it replaces: bytes that are no text may be framed."""
    length = len(bytes_of(text[edit.start : edit.end]))
    return Edit(
        edit.start, edit.end, edit.text[:length].ljust(length, "*") if edit.text.isascii() else "*" * length
    )
