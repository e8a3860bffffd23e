"""Secrets in a corpus: which file, where in it, of what kind, and what stands around them. Never the secret.

Three ways to find them, on texts with their escapes undone:

    redaction   what `agentrec scrub` would replace under the present settings
    kingfisher  the rules of a scanner that others keep, where the ``[scan]`` extra is installed
    generic     what looks like a password by its name or by the words before it (`generic`)

The last two may be wrong, and nothing replaces what only they find.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.corpus.excerpts import Masked, replaced
from agentrec_auto.corpus.generic import Hit
from agentrec_auto.corpus.scrubbing import scrubbed
from agentrec_auto.corpus.strings import Text, in_value, texts
from agentrec_auto.errors import BrokenRecordingError, ConfigError, UndecodableBodyError
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.store import document

REDACTION = "redaction"


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret, without the secret."""

    where: str
    """The file, or the name in the store."""

    path: str
    """What leads to it: ``request.content: messages[0].content``; a line number in a torn file."""

    kind: str
    rule: str
    """What found it: redaction, kingfisher or generic."""

    excerpt: str


class Rules(Protocol):
    """A way to find secrets in one text."""

    name: str

    def hits(self, field: str, text: str) -> Iterable[Hit]:
        """What is found in ``text``, the value of ``field`` (empty where it has no name)."""


class Scan:
    """Looks for secrets, one recording after the other."""

    def __init__(self, redactor: Redactor, rules: Sequence[Rules] = (), allowed: Sequence[str] = ()) -> None:
        """``allowed``: regular expressions of what is no secret; `ConfigError` for one that is none."""
        self._redactor = redactor
        self._rules = rules
        try:
            self._allowed = tuple(re.compile(pattern) for pattern in allowed)
        except re.error as error:
            raise ConfigError(f"bad pattern ({error})", where="--allow", expected="a regex") from error

    def file(self, data: bytes, where: str) -> list[Finding]:
        """What is in a file: a cassette, whole or torn; in JSON that is no cassette nothing is looked for."""
        try:
            interaction = document.loads(data, where)
        except BrokenRecordingError:
            return [] if _is_other_json(data) else self._torn(data.decode("utf-8", "replace"), where)
        if found := self.recording(interaction, where):
            return found
        # It stands in the file once more, for people; by another tool, perhaps, and of something else.
        try:
            told = json.loads(data).get("summary")
        except (ValueError, RecursionError):  # a merge that was not finished there: no reader looks at it
            return self._torn(data.decode("utf-8", "replace"), where)
        return [
            finding
            for path, field, text in in_value(told, "summary")
            for finding in self._in_text(where, path, field, text, self._redactor.text(text))
        ]

    def recording(self, interaction: CapturedInteraction, where: str) -> list[Finding]:
        """What is in a recording."""
        try:
            clean = scrubbed(interaction, self._redactor)
        except UndecodableBodyError as error:
            return [Finding(where, "a body", "can't be looked into", REDACTION, str(error))]
        if clean is interaction and not self._rules:
            return []
        before = _numbered(texts(interaction))
        after = before if clean is interaction else _numbered(texts(clean))
        found = [
            finding
            for place, (path, field, text) in before.items()
            if place in after or not path.endswith(_REWRITTEN)
            for finding in self._in_text(where, path, field, text, after.get(place, _GONE)[2])
        ]
        is_told = clean is interaction or any(finding.rule == REDACTION for finding in found)
        if not (is_told or self._allowed):  # in the name of a member, or in bytes that are no text
            found.append(Finding(where, "elsewhere", "secret", REDACTION, "(`agentrec scrub` replaces it)"))
        return found

    def _torn(self, text: str, where: str) -> list[Finding]:
        """What is in a text that should have been a recording."""
        return [
            finding
            for number, line in enumerate(text.splitlines(), 1)
            for finding in self._in_text(where, f"line {number}", "", line, self._redactor.text(line))
        ]

    def _in_text(self, where: str, path: str, field: str, text: str, clean: str) -> Iterator[Finding]:
        """What redaction replaced to make ``text`` ``clean``, and what the rules find in the rest."""
        hits: list[tuple[str, Hit]] = []
        for start, end, kind, secret in replaced(text, clean) if clean != text else ():
            if not self._is_allowed(secret):
                told = kind or (
                    f"{field} field" if field else "credential" if path.endswith("url") else "secret"
                )
                hits.append((REDACTION, Hit(start, end, told)))
        for rules in self._rules:
            for hit in rules.hits(field, clean):
                is_new = all(hit.end <= other.start or other.end <= hit.start for _, other in hits)
                if is_new and not self._is_allowed(clean[hit.start : hit.end]):
                    hits.append((rules.name, hit))
        if not hits:
            return
        masked = Masked(clean, [(hit.start, hit.end) for name, hit in hits if name != REDACTION])
        for name, hit in hits:
            yield Finding(where, self._redactor.text(path), hit.kind, name, masked.around(hit.start, hit.end))

    def _is_allowed(self, secret: str) -> bool:
        return any(pattern.search(secret) for pattern in self._allowed)


_REWRITTEN = (".content-length", ".content-encoding")
"""Headers that go where a body is changed or decoded."""

_GONE: Text = ("", "", "[REDACTED]")
"""A text whose whole container was replaced."""


def _numbered(found: Iterable[Text]) -> dict[tuple[str, int], Text]:
    """The texts by path, and by number where several have one."""
    seen: Counter[str] = Counter()
    numbered = {}
    for text in found:
        seen[text[0]] += 1
        numbered[text[0], seen[text[0]]] = text
    return numbered


def _is_other_json(data: bytes) -> bool:
    """Whether it is whole JSON, and nothing of ours."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return not (isinstance(value, dict) and ("request" in value or "chunks" in value))
