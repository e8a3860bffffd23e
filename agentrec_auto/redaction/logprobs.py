"""Log-probabilities say the answer once more, token by token, as text and as numbers.

    {"token": "sk", "logprob": -0.1, "bytes": [115, 107], "top_logprobs": [{"token": "sk", …}, …]}

The tokens are pieces of a channel like the deltas of a stream (`agentrec_auto.redaction.deltas`), once the
alternatives of each are told from the next token.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from agentrec_auto.redaction.edits import Edit
from agentrec_auto.redaction.events import Span

_TOKEN = re.compile(r'"token"\s*:\s*"')
_ALTERNATIVES = re.compile(r'"top_logprobs"\s*:')
_BYTES = re.compile(
    r'"token"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"\s*,(?:\s*"logprob"\s*:[^,\[\]{}"]*,)?\s*"bytes"\s*:\s*(\[[^\[\]]*\])',
    re.DOTALL,
)


def entries(text: str) -> list[Span]:
    """Where each token is with its alternatives, which follow it; empty where none has any."""
    tokens = [token.start() for token in _TOKEN.finditer(text)]
    alternatives = [found.start() for found in _ALTERNATIVES.finditer(text)]
    if not tokens or not alternatives:
        return []
    starts = sorted({tokens[max(0, bisect_left(tokens, at) - 1)] for at in alternatives})
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def numbers(text: str, edits: Sequence[Edit]) -> Iterator[Edit]:
    """The bytes, as numbers, of tokens that the edits (in order) change."""
    if not edits or '"bytes"' not in text:
        return
    starts = [edit.start for edit in edits]
    for entry in _BYTES.finditer(text):
        start, end = entry.span(1)
        at = bisect_left(starts, end) - 1
        if at >= 0 and edits[at].end > start:
            yield Edit(*entry.span(2), "null")
