"""What looks like a password, by its name or by the words before it; it may be none.

Too loose to change a recording by, which is why redaction does without: here a person looks at it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIELDS = re.compile(
    r"(?:.*[_. -])?(?:pass|pwd|psw|passcode|passkey|passphrase|credentials?|creds?|dsn"
    r"|conn(?:ection)?[_ -]?str(?:ing)?)",
    re.IGNORECASE,
)
_NAME = (
    r"(?:passw(?:or)?d|passphrase|passcode|pwd|secret|token|credentials?"
    r"|api[_ -]?key|access[_ -]?key|private[_ -]?key)"
)
_ASSIGNED = re.compile(
    rf"(?P<name>[\w.-]*{_NAME})[\"'`]?\s*(?P<sign>:=|=>|[=:]|\bis\b|\bwas\b)\s*[\"'`]?"
    r"(?P<value>[^\s\"'`,;<>(){}\[\]]{6,200})",
    re.IGNORECASE,
)
_BASIC = re.compile(r"\bbasic\s+(?P<value>[A-Za-z0-9+/]{12,}={0,2})", re.IGNORECASE)
_NONE = re.compile(
    r"\[?REDACTED.*|\$.*|%\w+%|\{\{.*|[*xX•.…_-]+"
    r"|(?:your|my|the|some|example|dummy|fake|test|changeme)[-_ ].*|(?:os|process|env|self|config|settings)\.\S*|https?://[^@]*|/.*|.*[_-]here",
    re.IGNORECASE,
)
_NEAR = re.compile(r"pass|pwd|secret|token|key|credential|basic", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hit:
    """A secret in a text: where it is, and of what kind."""

    start: int
    end: int
    kind: str


class Generic:
    """The generic rules."""

    name = "generic"

    def hits(self, field: str, text: str) -> Iterator[Hit]:
        """What is found in ``text``, the value of ``field``."""
        if field and _FIELDS.fullmatch(field) and _is_word(text):
            yield Hit(0, len(text), f"{field} field")
            return
        if _NEAR.search(text) is None:
            return
        for found in _ASSIGNED.finditer(text):
            value = found["value"].rstrip(".!?")
            loosely = found["sign"].lower() in ("is", "was")
            if _is_secret(value, name=found["name"].lower(), loosely=loosely):
                start = found.start("value")
                yield Hit(start, start + len(value), f"{found['name'].lstrip('-.')} in a text")
        for found in _BASIC.finditer(text):
            if _is_user_and_password(found["value"]):
                yield Hit(*found.span("value"), "basic authentication")


def _is_word(text: str) -> bool:
    return 6 <= len(text) <= 500 and not any(map(str.isspace, text)) and _NONE.fullmatch(text) is None


def _is_secret(value: str, *, name: str, loosely: bool) -> bool:
    """Whether what is assigned looks like a secret, not like a word, a number or a placeholder for one.

    ``loosely``: by a sentence ("the token is …"), which says many things.
    """
    if len(value) < 6 or _NONE.fullmatch(value):
        return False
    has_digit, has_letter = any(map(str.isdigit, value)), any(map(str.isalpha, value))
    is_mixed = has_letter and (has_digit or (value.lower() != value and value[1:].lower() != value[1:]))
    if "pass" in name or "pwd" in name:
        has_sign = has_letter and any(sign in value for sign in "!@#$%^&*+")
        return is_mixed or has_sign or (has_digit and not loosely)
    return is_mixed and has_digit and len(value) >= (16 if loosely else 8)


def _is_user_and_password(value: str) -> bool:
    try:
        decoded = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return ":" in decoded.strip(":") and decoded.isprintable()
