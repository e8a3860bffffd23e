"""Texts without what was found in them, so that it can be told where a secret is, and not the secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_PLACEHOLDER = re.compile(
    r"\[REDACTED(?:-(?P<kind>[A-Z0-9-]+))?\]|<(?P<name>[A-Za-z][\w ]*)>|(?<=//)REDACTED(?=@)"
)
_AROUND = 28
"""Characters shown on each side."""

_MASK = "[…]"


def replaced(text: str, clean: str) -> Iterator[tuple[int, int, str, str]]:
    """What redaction replaced: (start, end) of each placeholder in ``clean``, its kind, and the secret.

    Without a placeholder to go by, it is all one: from the first character that differs to the last.
    """
    found = False
    at = before = 0
    matches = list(_PLACEHOLDER.finditer(clean))
    for match, following in zip(matches, [*matches, None][1:], strict=True):
        before += match.start() - at  # what stands between is the same in both
        at = match.end()
        between = clean[at : following.start() if following else len(clean)]
        if following is None:
            end = len(text) - len(between)
        else:
            end = text.find(between, before) if between else before
        if end < before:
            break
        secret, before = text[before:end], end
        if secret != match[0]:
            found = True
            yield *match.span(), match["kind"] or match["name"] or _user(match[0]), secret
    if not found:
        shorter = min(len(text), len(clean))
        start = next((at for at in range(shorter) if text[at] != clean[at]), shorter)
        length = shorter - start
        tail = next((at for at in range(length) if text[-1 - at] != clean[-1 - at]), length)
        yield start, len(clean) - tail, "", text[start : len(text) - tail]


def _user(placeholder: str) -> str:
    return "user and password" if placeholder == "REDACTED" else ""


class Masked:
    """A text with some spans of it hidden; spans may overlap."""

    def __init__(self, text: str, spans: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._spans: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if self._spans and start < self._spans[-1][1]:
                self._spans[-1] = (self._spans[-1][0], max(end, self._spans[-1][1]))
            else:
                self._spans.append((start, end))

    def around(self, start: int, end: int) -> str:
        """What stands there and around it, on one line, without what is hidden."""
        left, right = max(0, start - _AROUND), min(len(self._text), end + _AROUND)
        pieces, at = ["…" if left else ""], left
        for hidden_from, hidden_to in self._spans:
            if hidden_to <= at or right <= hidden_from:
                continue
            pieces += (self._text[at:hidden_from], _MASK)
            at = hidden_to
        pieces += (self._text[at:right], "…" if max(at, right) < len(self._text) else "")
        return " ".join("".join(pieces).split())
