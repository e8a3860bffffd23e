"""Secrets in a response as it arrived, in chunks: split between chunks, and streamed piece by piece.

As many chunks come out as went in, cut where they were cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from agentrec_auto.redaction import bodies, deltas, events
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.edits import applied, applied_to_chunks, merged


def redacted(chunks: Sequence[bytes], content_type: str, rules: Rules) -> Sequence[bytes]:
    """The chunks of a decoded body without its secrets; the same object if it has none."""
    text = bodies.text_of(b"".join(chunks))
    pieces = events.events(text)
    if len(pieces) < 2:
        edits = bodies.edits(text, content_type, rules)
    else:
        edits = bodies.in_documents(text, rules, repeats=True)
        found = deltas.in_events(text, pieces, rules.finder)
        edits = merged([*found, *edits]) if found else edits
    if applied(text, edits) is text:
        return chunks
    return applied_to_chunks(chunks, text, edits)
