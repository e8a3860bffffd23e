"""Secrets in a response as it arrived, in chunks: split between chunks, and streamed piece by piece.

As many chunks come out as went in, cut where they were cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from agentrec_auto.redaction import bodies, deltas, events, logprobs, repeats, windows
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.edits import Edit, applied, applied_to_chunks, merged, text_of

_FRAMED = "application/vnd.amazon.eventstream"


def redacted(chunks: Sequence[bytes], content_type: str, rules: Rules) -> Sequence[bytes]:
    """The chunks of a decoded body without its secrets; the same object if it has none."""
    if content_type.lower().startswith(_FRAMED):
        from agentrec_auto.redaction import eventstream  # here: replay of anything else needs no dialect

        found = eventstream.redacted(chunks, lambda lines: redacted([lines], "", rules)[0])
        if found is not None:
            return found
    if sum(map(len, chunks)) >= windows.LONG and windows.is_clean(chunks, content_type, rules):
        return chunks
    text = text_of(b"".join(chunks))
    edits = _edits(text, content_type, rules)
    if applied(text, edits) is text:
        return chunks
    return applied_to_chunks(chunks, text, edits)


def _edits(text: str, content_type: str, rules: Rules) -> list[Edit]:
    if not rules.paths.narrowed(text) and repeats.is_clean(text, rules.finder):
        return []
    pieces = events.events(text)
    is_stream = len(pieces) > 1
    edits = (
        bodies.in_documents(text, rules, repeats=True)
        if is_stream
        else bodies.edits(text, content_type, rules)
    )
    found = deltas.in_events(text, pieces, rules.finder) if is_stream else []
    if not ('"token"' in text and '"logprobs"' in text):
        return merged([*found, *edits]) if found else edits
    tokens = logprobs.entries(text)
    found += deltas.in_events(text, tokens or pieces, rules.finder)
    edits = merged([*found, *edits])
    return merged([*edits, *logprobs.numbers(text, edits)])
