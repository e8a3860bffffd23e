"""Which versions of SDKs and HTTP libraries the journeys are driven with, beside those of this environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OLD_OPENAI = (
    "chat", "choices", "asked_again", "stream", "tools", "tool_stream", "embeddings", "models", "upload",
    "raw_response", "module_client", "error", "retried", "async_chat", "async_stream", "async_tool_stream",
    "async_embeddings", "async_upload",
)  # fmt: skip
"""What openai 1.30 could do."""

OLDEST_OPENAI = tuple(feature for feature in OLD_OPENAI if feature != "stream")
"""What openai 1.10 could do: it had no ``stream_options``."""

OLD_ANTHROPIC = (
    "messages", "stream", "stream_helper", "stream_left_early", "tools", "raw_response", "streaming_response",
    "error", "retried", "async_messages", "async_stream", "async_stream_helper", "async_tools",
)  # fmt: skip
"""What anthropic 0.39 could do (``count_tokens`` was beta)."""


@dataclass(frozen=True)
class Pinned:
    """An environment, and what is driven in it."""

    pins: tuple[str, ...]
    app: str
    features: tuple[str, ...] = ()
    """All, if none is named."""

    def __str__(self) -> str:
        return "+".join(pin.replace("==", "-") for pin in self.pins)


def openai(*pins: str, features: tuple[str, ...] = ()) -> Pinned:
    return Pinned(pins, "openai_app.py", features)


def anthropic(*pins: str, features: tuple[str, ...] = ()) -> Pinned:
    return Pinned(pins, "anthropic_app.py", features)


LIBRARIES = tuple(
    Pinned((f"{name}=={version}",), "legacy_app.py")
    for name, versions in {
        "httpx": ("0.23.0", "0.23.3", "0.24.1", "0.25.2", "0.26.0", "0.27.2", "0.28.1"),
        "httpx2": ("2.0.0", "2.1.0", "2.3.0", "2.5.0", "2.7.0", "2.9.0", "2.11.0", "2.13.0", "2.16.2"),
    }.items()
    for version in versions
)

SDKS = (
    openai("openai==1.10.0", "httpx==0.23.3", features=OLDEST_OPENAI),
    openai("openai==1.30.5", "httpx==0.25.2", features=OLD_OPENAI),
    openai("openai==1.109.1", "httpx==0.27.2"),
    openai("openai==2.0.0", "httpx==0.28.1"),
    openai("openai==2.54.0", "httpx==0.28.1"),
    openai("openai==3.0.0", "httpx2==2.7.0"),
    openai("openai==3.3.0", "httpx2==2.9.0"),
    openai("openai==3.54.0", "httpx2==2.16.2"),
    anthropic("anthropic==0.39.0", "httpx==0.25.2", features=OLD_ANTHROPIC),
    anthropic("anthropic==0.84.0", "httpx==0.28.1"),
    anthropic("anthropic==0.125.0", "httpx==0.28.1"),
    anthropic("anthropic==1.0.0", "httpx2==2.9.0"),
    anthropic("anthropic==1.17.0", "httpx2==2.16.2"),
    anthropic("anthropic==2.12.0", "httpx2==2.16.2"),
)


def uv() -> str | None:
    """The uv to make environments with."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def make(pinned: Pinned, folder: Path) -> str:
    """An environment with just these pins; its interpreter. Nothing of ours is installed in it."""
    found = uv()
    assert found is not None
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    for words in (
        ("venv", "--quiet", "--python", os.environ.get("AGENTREC_MATRIX_PYTHON", sys.executable), folder),
        ("pip", "install", "--quiet", "--python", python, *pinned.pins),
    ):
        done = subprocess.run([found, *map(str, words)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return str(python)
