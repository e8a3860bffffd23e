"""A cassette of vcrpy: YAML that it, and pytest-recording, load and play.

vcrpy plays the answers to equal requests in the order of the file, each once, and knows no chunks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from agentrec_auto.capture import CapturedInteraction, Ending, Headers
from agentrec_auto.corpus.held import Held
from agentrec_auto.errors import ConfigError
from agentrec_auto.exporters.format import Format, Left, Written, reason_of

_FRAMING = (b"content-length", b"transfer-encoding", b"content-encoding")


class VCR(Format):
    name = "vcr"

    def pieces(self, recordings: Iterable[Held]) -> Iterator[Written | Left]:
        yaml = _yaml()
        yield Written(b"interactions:\n")
        empty = True
        for held in recordings:
            if held.interaction.ending is not Ending.COMPLETE:
                why = f"it is {held.interaction.ending.value}, and vcrpy would play it as if it were complete"
                yield Left(held.name, why)
                continue
            try:
                told = yaml.dump(
                    [_interaction(held.interaction)],
                    Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper),
                    allow_unicode=True,
                )
            except UnicodeEncodeError:
                yield Left(held.name, "it holds half a character (a lone surrogate), which YAML can't")
                continue
            yield Written(told.encode("utf-8"), held.name)
            empty = False
        yield Written(b"  []\nversion: 1\n" if empty else b"version: 1\n")


def _interaction(interaction: CapturedInteraction) -> dict[str, Any]:
    request, status = interaction.request, interaction.response_status
    return {
        "request": {
            "method": request.method,
            "uri": request.url,
            "headers": _headers(request.headers),
            "body": _plain(request.content) if request.content else None,
        },
        "response": {
            "status": {"code": status, "message": reason_of(interaction)},
            "headers": _headers(interaction.response_headers),
            "body": {"string": _plain(interaction.body)},
        },
    }


def _headers(pairs: Headers) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for name, value in pairs:
        if name.lower() not in _FRAMING:
            told.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return told


def _plain(data: bytes) -> str | bytes:
    """Text where YAML can hold it as it is: it has no place for most control characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return text if all(sign.isprintable() or sign in "\n\t" for sign in text) else data


def _yaml() -> Any:
    try:
        return import_module("yaml")
    except ImportError:
        raise ConfigError(
            "YAML, which PyYAML writes and which is not installed,",
            where="--format vcr",
            expected="pip install 'agentrec-auto[import]'",
        ) from None
