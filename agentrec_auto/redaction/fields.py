"""Secrets known by the name of their field: ``"api_key": "…"``, in JSON and in texts that quote it.

Only strings are redacted, and empty ones stay: a JSON schema has an object under ``password``, usage has
a number under ``token``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from agentrec_auto.redaction.edits import Edit

PLACEHOLDER = "[REDACTED]"

_ENDINGS = (
    "apikey",
    "accesskey",
    "accountkey",
    "subscriptionkey",
    "privatekey",
    "secretkey",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "apitoken",
    "bearertoken",
    "sessiontoken",
    "securitytoken",
)
_WHOLE = frozenset({"idtoken", "authorization", "proxyauthorization", "xauthorization"})
"""Not endings: grid_token and pre-authorization are something else."""

_PIECE = re.compile(r'"\s*,\s*"(?:logprob|bytes)')
_DONE = re.compile(r"\[REDACTED[A-Z0-9-]*\]|REDACTED|<[A-Z][A-Z0-9_]*>")

_STEMS = ("key", "token", "secret", "password", "passwd", "passphrase", "authorization")
NAME_ENDS = tuple(stem + end for stem in _STEMS for end in ('"', "\\"))
"""In lower case, what a secret field's name ends with in JSON: one of these is in every text that has one."""

_NEAR = re.compile(
    r'"(?=\s*:\s*\\{0,16}")(?:'
    + "|".join(rf'(?<={stem}{backslashes}")' for stem in _STEMS for backslashes in ("", r"\\", r"\\\\\\"))
    + r'|(?<=\\\\\\\\"))',  # deeper than that, whatever it is
    re.IGNORECASE,
)
_NAME = r"[\w .$-]{2,64}"
_QUOTED = re.compile(rf'(?<!\\)"({_NAME})"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)', re.DOTALL)
_ESCAPED = re.compile(rf'(?<!\\)(\\{{1,16}}")({_NAME})\1\s*:\s*\1((?:(?!\1).)*)', re.DOTALL)


@lru_cache(maxsize=512)
def _kind(name: str) -> str:
    letters = "".join(filter(str.isalnum, name)).lower()
    if letters.endswith(_ENDINGS) or letters in _WHOLE:
        return "secret"
    return "token" if letters == "token" else ""


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret: ``api_key``, ``clientSecret``, ``X-Access-Token``."""
    return _kind(name) == "secret"


def is_done(value: str) -> bool:
    """Whether a value is a placeholder."""
    return _DONE.fullmatch(value) is not None


def hides(name: str, value: str, *, behind: str = "") -> bool:
    """Whether ``value``, in a field called ``name``, is to be redacted.

    A field that is just called ``token`` is a secret where its value looks like a credential. In
    log-probabilities it is a piece of text, which the text ``behind`` the field tells.
    """
    kind = _kind(name) if len(name) <= 80 else ""
    if not kind or not value or is_done(value):
        return False
    if kind == "secret":
        return True
    return len(value) >= 16 and not any(map(str.isspace, value)) and not _PIECE.match(behind)


def is_near(text: str) -> bool:
    """False only if no secret-named field with a string in it can be in ``text``, raw JSON or decoded.

    For who found one of `NAME_ENDS` there: it takes ten times as long.
    """
    return _NEAR.search(text) is not None


def in_prose(text: str) -> Iterator[Edit]:
    """The values of secret-named fields in a text that isn't JSON but may have some in it."""
    for found in _QUOTED.finditer(text):
        if hides(found[1], found[2]):
            yield Edit(*found.span(2), PLACEHOLDER)
    for found in _ESCAPED.finditer(text):
        if hides(found[2], found[3]):
            yield Edit(*found.span(3), PLACEHOLDER)
