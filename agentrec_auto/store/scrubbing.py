"""What a `FileStore` does to request bodies beside what is done everywhere: patterns of the program's own.

`DEFAULT_SECRET_PATTERNS` is wider than our own table of shapes (`agentrec_auto.redaction.shapes`): any field
that is called ``token``, any word behind ``bearer``. Programs extend and replace it, so it is kept as it is
in the ``agentrec`` library.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace

from agentrec_auto import decoding
from agentrec_auto.capture import CapturedRequest
from agentrec_auto.redaction.redactor import Redaction, Redactor
from agentrec_auto.settings import RedactSettings

Patterns = Iterable[tuple[re.Pattern[str], str]]
"""Pairs of a pattern and its replacement, applied in order."""

DEFAULT_SECRET_PATTERNS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"sk-ant-[A-Za-z0-9_-]{16,}"), "[REDACTED-ANTHROPIC-KEY]"),
    (re.compile(r"sk-[A-Za-z0-9_-]{16,}"), "[REDACTED-OPENAI-KEY]"),
    (re.compile(r"AKIA[A-Z0-9]{16}"), "[REDACTED-AWS-KEY]"),
    (re.compile(r"\bbearer\s+[A-Za-z0-9._-]+", re.IGNORECASE), "Bearer [REDACTED]"),
    (
        # In JSON, and in JSON that is quoted in JSON
        re.compile(
            r"""(\\?"(?:api[_-]?key|password|secret|(?:access[_-]?)?token)\\?"\s*:\s*\\?")[^"\\]*(\\?")""",
            re.IGNORECASE,
        ),
        r"\g<1>[REDACTED]\g<2>",
    ),
]


def scrub_secrets(text: str, patterns: Patterns | None = None) -> str:
    """The text with what the patterns match replaced; `DEFAULT_SECRET_PATTERNS` if none are given."""
    for pattern, replacement in patterns or DEFAULT_SECRET_PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class Scrubber(Redactor):
    """A redactor that treats request bodies as a `FileStore` was told to."""

    def __init__(self, *, scrub_request_body: bool, patterns: Patterns | None) -> None:
        super().__init__(RedactSettings(), os.environ)
        self._scrubs = scrub_request_body
        self._patterns = patterns

    def open(self, request: CapturedRequest) -> Redaction:
        redaction = super().open(request)
        bare = redaction.without_headers
        content = _scrubbed(bare.content, self._patterns) if self._scrubs else _decoded(request)
        if content != bare.content:
            redaction.without_headers = replace(bare, content=content)
        return redaction


def _scrubbed(content: bytes, patterns: Patterns | None) -> bytes:
    try:
        return scrub_secrets(content.decode(), patterns).encode()
    except UnicodeDecodeError:
        return content


def _decoded(request: CapturedRequest) -> bytes:
    encoding = request.header(b"content-encoding") or b""
    is_encoded = request.content and decoding.is_encoded(encoding)
    return decoding.decode(request.content, encoding) if is_encoded else request.content
