"""Traces that openai-agents would send to OpenAI under a key that we made up: in replay they stay here.

Without a key its tracer is silent; ours, which its client needs, awakens it. It would post at the end of a
run, be refused, and with no network try again for a quarter of a minute. Under an app's own key they go on.
"""

from __future__ import annotations

from agentrec_auto.capture import CapturedRequest, Ending
from agentrec_auto.flow.reel import Reel

INGEST = "/v1/traces/ingest"
"""Where a URL for traces ends."""

_UNDER_OURS = b"Bearer agentrec-dummy"  # `agentrec_auto.bootstrap.keys.DUMMY`

TAKEN = Reel("", 204, [], {}, (), (), Ending.COMPLETE, 0)
"""What OpenAI answers to traces."""


def stays_here(request: CapturedRequest) -> bool:
    """Whether traces go out under our key."""
    return request.header(b"authorization") == _UNDER_OURS
