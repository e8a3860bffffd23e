"""Asks the price library: in a process of its own, and once; what it said is kept in the user's cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import weakref
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from agentrec_auto.pricing.library import History
from agentrec_auto.pricing.rates import Rates

_FORMAT = 1
_DISTRIBUTION = "genai-prices"


class PriceLibrary:
    """genai-prices, where it is installed."""

    def __init__(self, cache: str | None = None) -> None:
        try:
            self.version: str | None = version(_DISTRIBUTION)
        except PackageNotFoundError:
            self.version = None
        self._file = os.path.join(cache or _cache_folder(), f"prices-{self.version}-{_FORMAT}.json")
        self._told: dict[str, Any] | None = None
        self._process: subprocess.Popen[str] | None = None

    def history(self, model: str, provider: str) -> History | None:
        """The rates of a model, by their first days; None where nobody knows them."""
        if self.version is None:
            return None
        if self._told is None:
            self._told = _read(self._file)
        name = f"{provider} {model}"
        if name not in self._told:
            try:
                self._told[name] = self._asked(model, provider)
            except (OSError, ValueError):  # it broke: that is no answer to keep
                return None
            _write(self._file, self._told)
        try:
            told = self._told[name]
            return None if told is None else [(str(day), Rates.from_json(rates)) for day, rates in told]
        except (TypeError, ValueError, AttributeError):  # a cache that somebody wrote into
            return None

    def _asked(self, model: str, provider: str) -> Any:
        if self._process is None:
            self._process = _started()
            weakref.finalize(self, _ended, self._process)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([model, provider]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def _started() -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AGENTREC_")}
    return subprocess.Popen(
        [sys.executable, "-m", "agentrec_auto.pricing.library"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environ,
    )


def _ended(process: subprocess.Popen[str]) -> None:
    with suppress(OSError):
        process.communicate()


def _cache_folder() -> str:
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "agentrec-auto")


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _write(path: str, told: dict[str, Any]) -> None:
    """Whole or not at all; a cache that can't be written is none."""
    beside = f"{path}.{os.getpid()}"
    with suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(beside, "w", encoding="utf-8") as file:
            json.dump(told, file)
        os.replace(beside, path)
