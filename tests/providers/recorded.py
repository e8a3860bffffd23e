"""Recorded traffic of other projects: the interactions in vcrpy cassettes that their source distributions ship.

Cassettes are read with YAML's safe loader: what is tagged as a Python object in them (``istr`` header names,
bytes, tuples) is brought to text, never built.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest, Headers

_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc]
    """Safe, and not deterred by Python tags."""


def _python(loader: Any, suffix: str, node: Any) -> Any:
    """The plain value under a ``!!python/…`` tag: the text of an ``istr``, the items of a tuple."""
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return base64.b64decode(text) if suffix.startswith("bytes") else text
    if isinstance(node, yaml.SequenceNode):
        items = loader.construct_sequence(node, deep=True)
        return items[0] if suffix.startswith("object/apply:") and len(items) == 1 else items
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _python)


@dataclass(frozen=True)
class Recorded:
    """One interaction, and the cassette it comes from."""

    where: str
    interaction: CapturedInteraction


def interactions(folder: Path) -> Iterator[Recorded]:
    """Every interaction in the source distributions (``*.tar.gz``) of a folder, each once."""
    seen = set()
    for archive in sorted(folder.glob("*.tar.gz")):
        with tarfile.open(archive) as tar:
            for member in tar:
                if re.search(r"\.ya?ml(\.gz)?$", member.name) and (file := tar.extractfile(member)):
                    for interaction in _in_cassette(member.name, file.read()):
                        digest = _digest(interaction)
                        if digest not in seen:
                            seen.add(digest)
                            yield Recorded(member.name, interaction)


def _in_cassette(name: str, data: bytes) -> Iterator[CapturedInteraction]:
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    if not re.search(rb"^(interactions|requests):", data, re.MULTILINE):
        return
    document = yaml.load(data, Loader=_Loader)
    pairs = document.get("interactions")
    if pairs is None:  # langchain's: two lists side by side
        pairs = [
            {"request": asked, "response": told}
            for asked, told in zip(document["requests"], document["responses"], strict=True)
        ]
    for pair in pairs:
        yield _interaction(pair["request"], pair["response"])


def _interaction(asked: dict[str, Any], told: dict[str, Any]) -> CapturedInteraction:
    status = told.get("status", 200)
    body = _bytes(told.get("body"))
    return CapturedInteraction(
        request=CapturedRequest(
            method=asked.get("method", "POST"),
            url=str(asked.get("uri", "")),
            headers=_headers(asked.get("headers")),
            content=_bytes(asked.get("body")),
        ),
        response_status=int(status["code"] if isinstance(status, dict) else status),
        response_headers=_headers(told.get("headers")),
        response_extensions={},
        chunks=[CapturedChunk(body)] if body else [],
    )


def _bytes(body: Any) -> bytes:
    if isinstance(body, dict):
        if "base64_string" in body:
            return base64.b64decode(body["base64_string"])
        body = body.get("string")
    if isinstance(body, str):
        return body.encode("utf-8", "surrogateescape")
    return body if isinstance(body, bytes) else b""


def _headers(headers: Any) -> Headers:
    pairs: Headers = []
    for name, values in (headers or {}).items():
        for value in values if isinstance(values, list) else [values]:
            pairs.append((str(name).encode(), str(value).encode("utf-8", "replace")))
    return pairs


def _digest(interaction: CapturedInteraction) -> str:
    request = interaction.request
    parts = (request.method.encode(), request.url.encode(), request.content, interaction.body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
