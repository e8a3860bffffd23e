"""What the doctor said, and how it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the doctor said."""

    code: int
    facts: dict[str, Any]

    @property
    def verdict(self) -> str:
        return self.facts["verdict"]

    @property
    def cures(self) -> str:
        return "\n".join(self.facts["cures"])

    def state(self, subject: str) -> str:
        """The state of the findings about something, by the first word of their subject."""
        return " ".join(finding["state"] for finding in self._about(subject))

    def text(self, subject: str) -> str:
        """What was said about something."""
        return "\n".join(finding["text"] for finding in self._about(subject))

    def _about(self, subject: str) -> list[dict[str, Any]]:
        return [finding for finding in self.facts["findings"] if finding["subject"].split()[0] == subject]


Ask = Callable[..., Answer]

Installed = Callable[..., dict[str, str]]
