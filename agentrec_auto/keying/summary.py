"""The summary of an interaction with its semantic key, as the ``agentrec`` library gives it."""

from __future__ import annotations

from typing import Any

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.keying.cassette_id import fingerprint_of
from agentrec_auto.providers import summary


def build_summary(interaction: CapturedInteraction) -> dict[str, Any]:
    """Provider, model, prompt, response, semantic key and time, as far as they are known.

    Empty if neither prompt nor response can be read. A semantic key that isn't in the metadata is computed.
    """
    told = summary.build_summary(interaction)
    if told and "semantic_key" not in told:
        recorded_at = told.pop("recorded_at", None)
        told["semantic_key"] = fingerprint_of(interaction).semantic_key
        if recorded_at is not None:
            told["recorded_at"] = recorded_at
    return told
