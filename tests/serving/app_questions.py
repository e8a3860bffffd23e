"""What the app asks, for clients that ask the same."""

from __future__ import annotations

from typing import Any

QUESTION: Any = [{"role": "user", "content": "What is a cassette?"}]
