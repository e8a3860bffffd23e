"""Secrets in headers: the values of those that carry credentials, and secrets by their form in the others."""

from __future__ import annotations

import re
from binascii import a2b_base64
from functools import lru_cache

from agentrec_auto.capture import Headers
from agentrec_auto.redaction import url
from agentrec_auto.redaction.edits import applied, bytes_of, merged, text_of
from agentrec_auto.redaction.fields import PLACEHOLDER
from agentrec_auto.redaction.finder import Finder
from agentrec_auto.redaction.values import is_credential

_PLACEHOLDER = PLACEHOLDER.encode()

_SECRET_WORDS = frozenset(
    """
    authorization password passwd secret apikey accesskey credential credentials signature cookie cookie2 jwt
    """.split()  # noqa: SIM905
)
"""Anywhere in a name: ``x-forwarded-authorization``, ``x-hub-signature-256``, ``set-cookie``."""

_SECRET_ENDS = frozenset("token auth accesstoken apitoken authtoken".split())  # noqa: SIM905
"""At the end: ``x-amz-security-token``, ``helicone-auth``; not ``x-ratelimit-remaining-tokens``."""

_KEYS_OF = frozenset(
    """
    access account admin api app auth client customer encryption functions license master private project
    secret service signing subscription virtual x
    anthropic azure bedrock cohere deepseek fireworks gemini google groq huggingface litellm llm mistral
    openai openrouter perplexity portkey rapidapi replicate together xai
    """.split()  # noqa: SIM905
)
"""Before ``-key``: ``x-goog-api-key``, ``ocp-apim-subscription-key``, ``x-openai-key``; not
``idempotency-key``."""

_HARMLESS = frozenset("ratelimit continuation page pagination".split())  # noqa: SIM905
_SEPARATOR = re.compile(r"[-_.]")


@lru_cache(maxsize=1024)
def is_secret_header(name: bytes) -> bool:
    """Whether a header of this name, in any case, carries a credential."""
    lower = name.decode("latin-1").lower()
    words = _SEPARATOR.split(lower)
    if lower.startswith("access-control-") or not _HARMLESS.isdisjoint(words):
        return False
    if not _SECRET_WORDS.isdisjoint(words) or words[-1] in _SECRET_ENDS:
        return True
    return words[-1] == "key" and len(words) > 1 and words[-2] in _KEYS_OF


def redacted(headers: Headers, finder: Finder, *, names: frozenset[bytes], query: frozenset[str]) -> Headers:
    """The headers without their secrets: same order, case and duplicates; the same list if there are none.

    ``names`` of headers and in ``query``, in lower case, are what the user adds.
    """
    clean = list(headers)
    others = []
    for at, (name, value) in enumerate(headers):
        if not (is_secret_header(name) or name.lower() in names):
            others.append(at)
        elif value:
            clean[at] = (name, _PLACEHOLDER)
    # One look at all the others together: at each alone it would cost several times as much.
    together = text_of(b"\n".join([headers[at][1] for at in others]))
    near = finder.narrowed(together)
    if near is not None or "=" in together:
        for at in others:
            name, value = headers[at]
            clean[at] = (name, _clean(value, near, query))
    return headers if clean == headers else clean


def credentials(headers: Headers) -> list[str]:
    """What a request identified itself with: words of its secret headers that look like a credential."""
    told: list[str] = []
    for name, value in headers:
        if is_secret_header(name):
            told += _credentials_in(name, value)
    return told


@lru_cache(maxsize=256)
def _credentials_in(name: bytes, value: bytes) -> list[str]:
    # Cookies hold anything, and AWS signs: what is sent is of use once
    if name.lower() == b"cookie" or value.startswith(b"AWS4-HMAC"):
        return []
    words = value.decode("latin-1").split()
    if len(words) == 2 and words[0].lower() == "basic":
        words += _user_and_password(words[1])
    return [word for word in words if is_credential(word)]


def _user_and_password(encoded: str) -> list[str]:
    """What stands in an ``Authorization: Basic`` (RFC 7617); a URL with a user in it is sent so, too."""
    try:
        told = a2b_base64(encoded).decode()
    except ValueError:
        return []
    return told.split(":", 1)


def _clean(value: bytes, finder: Finder | None, query: frozenset[str]) -> bytes:
    text = text_of(value)
    edits = url.in_query(text, query)
    if finder is not None:
        edits += finder.find(text)
    return bytes_of(applied(text, merged(edits))) if edits else value
