"""Judges and embeddings over an HTTP client of the caller's: nothing is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agentrec_auto.comparators.asking import Reply
from agentrec_auto.errors import DecodeError, MissingAPIKeyError
from agentrec_auto.providers.adapting import adapter_for_model
from agentrec_auto.providers.plain import Conversation

if TYPE_CHECKING:
    import httpx

MAX_TOKENS = 1024
TIMEOUT_S = 120.0
EMBEDDINGS_URL = "https://api.openai.com/v1/embeddings"


class _OverHttp:
    def __init__(self, model: str, http: httpx.AsyncClient | None = None) -> None:
        self.model = model
        self._http = http

    async def close(self) -> None:
        """Nothing: the client is the caller's."""


class HttpAsker(_OverHttp):
    """A model whose provider is known by its name."""

    async def ask(self, system: str, prompt: str) -> Reply:
        adapter = adapter_for_model(self.model)
        told = Conversation(
            system=system, messages=[{"role": "user", "content": prompt}], max_tokens=MAX_TOKENS
        )
        url, headers, body = adapter.build_request(told, self.model)
        said = await _posted(self._http, url, headers, body)
        decoded = adapter.decode_response(said, is_sse=False)
        return Reply(decoded.text, decoded.finish_reason in ("length", "max_tokens"))


class HttpEmbedder(_OverHttp):
    """OpenAI's embeddings."""

    async def vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        key = os.environ.get("OPENAI_API_KEY")
        if not key:
            raise MissingAPIKeyError("OPENAI_API_KEY is not set: a live call to openai needs it")
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        body = {"model": self.model, "input": list(texts)}
        said = await _posted(self._http, EMBEDDINGS_URL, headers, body)
        return vectors_of(json.loads(said), len(texts))


def vectors_of(document: Any, count: int) -> list[list[float]]:
    """The vectors in an answer of OpenAI's shape, by their index; `DecodeError` where they aren't there."""
    try:
        told = sorted(document["data"], key=lambda one: int(one.get("index", 0)))
        found = [[float(number) for number in one["embedding"]] for one in told]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DecodeError(f"no embeddings in the answer ({type(error).__name__}: {error})") from error
    if len(found) != count:
        raise DecodeError(f"{len(found)} embeddings came back for {count} texts")
    return found


async def _posted(
    http: httpx.AsyncClient | None, url: str, headers: dict[str, str], body: dict[str, Any]
) -> bytes:
    import httpx  # here: offline nobody needs it

    content = json.dumps(body, separators=(",", ":")).encode()
    if http is None:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            response = await client.post(url, headers=headers, content=content)
    else:
        response = await http.post(url, headers=headers, content=content)
    response.raise_for_status()
    return response.content
