"""Which failures of a call may pass, and how long to wait for it.

Retried is what says "try again": 408, 409, 425, 429, 431 (as agentrec 1.0 does), 5xx and 529, connections
that fail or break off, streams without an end, and answers of 200 whose text is such an error. How long is
the server's to say (``Retry-After``, in seconds or as a date, RFC 9110 §10.2.3; OpenAI's ``retry-after-ms``;
Google's ``retryDelay`` in the body); else it doubles, with chance in it, so that callers don't come back all
at once. A 429 for want of money (``insufficient_quota``) is none of them.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
    from tenacity import AsyncRetrying, RetryCallState

_PASSING = frozenset({408, 409, 425, 429, 431})
_LONGEST_S = 60.0
_RETRY_DELAY = re.compile(rb'"retryDelay":\s*"(\d+(?:\.\d+)?)s"')
_PASSING_WORDS = (
    "overloaded",
    "rate_limit",
    "rate limit",
    "unavailable",
    "internal_",
    "server_error",
    "timeout",
)


class CallFailedError(Exception):
    """A call without an answer: the sentence for the row."""

    is_billed = False
    """Whether the target has written something, and so may want money for it."""


class PassingError(CallFailedError):
    """One that may go better next time."""

    def __init__(self, text: str, short: str, *, wait_s: float | None = None, is_busy: bool = False) -> None:
        super().__init__(text)
        self.short = short
        """What happened, in a word or two: ``HTTP 429``."""

        self.wait_s = wait_s
        """How long the server wants us to wait."""

        self.is_busy = is_busy
        """Whether the server has had too much, so that nobody should ask now."""


def passes(response: httpx.Response) -> bool:
    """Whether a refusal says "try again": by its status, unless the account has run out of money."""
    status = response.status_code
    if status == 429 and b"insufficient_quota" in response.content:
        return False
    return status in _PASSING or status >= 500


def says_to_try_again(error: str) -> bool:
    """Whether an error in the text of an answer says so."""
    told = error.lower()
    return any(word in told for word in _PASSING_WORDS)


def asked_wait(response: httpx.Response) -> float | None:
    """The seconds that a response asks to wait; None where it doesn't."""
    headers = response.headers
    if (spelled := headers.get("retry-after-ms")) is not None:
        try:
            return max(0.0, float(spelled) / 1000)
        except ValueError:
            pass
    spelled = headers.get("retry-after")
    if spelled is None:
        found = _RETRY_DELAY.search(response.content)
        return float(found[1]) if found else None
    try:
        return max(0.0, float(spelled))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(spelled).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def retrying(retries: int, notes: list[str], waited: Callable[[PassingError, float], None]) -> AsyncRetrying:
    """The attempts of one call. Each that fails is noted, and ``waited`` told how long we wait."""
    from tenacity import (
        AsyncRetrying,
        retry_if_exception_type,
        stop_after_attempt,
    )  # here: offline needs none

    def wait(state: RetryCallState) -> float:
        error = _error(state)
        seconds = error.wait_s
        if seconds is None:
            seconds = min(_LONGEST_S, 2.0 ** (state.attempt_number - 1)) * random.uniform(0.75, 1.0)
        waited(error, seconds)
        return seconds

    def note(state: RetryCallState) -> None:
        notes.append(f"retried after {_error(state).short} (attempt {state.attempt_number}/{retries})")

    return AsyncRetrying(
        stop=stop_after_attempt(1 + max(0, retries)),
        retry=retry_if_exception_type(PassingError),
        wait=wait,
        before_sleep=note,
        reraise=True,
    )


def _error(state: RetryCallState) -> PassingError:
    error = state.outcome.exception() if state.outcome is not None else None
    assert isinstance(error, PassingError)
    return error
