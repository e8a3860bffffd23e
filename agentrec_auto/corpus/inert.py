"""What models and files say, made harmless for people to look at."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"
    r"\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the direction of writing around
    r"\ud800-\udfff]"  # halves of a pair, that can't be written
)


def inert(text: str) -> str:
    r"""A text with its control characters spelled out (``\x1b[2J``); tabs and ends of lines stay."""
    return _UNSAFE.sub(_spelled, text.replace("\r\n", "\n"))


def _spelled(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
