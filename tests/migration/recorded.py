"""Corpora to migrate, made without a network, as the recorder would have written them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.comparators.base import ComparisonResult, Pair, Scorer
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.store.base import name_of
from agentrec_auto.store.file import FolderStore

URL = "https://api.openai.com/v1/chat/completions"


class Same(Scorer):
    """Passes where both texts are one, case aside."""

    name = "same"

    def score(self, pair: Pair) -> ComparisonResult:
        is_same = pair.baseline.text.casefold() == pair.target.text.casefold()
        return ComparisonResult("same", float(is_same), is_same)


def interaction(
    question: str,
    answer: str | None = None,
    *,
    model: str = "gpt-4o-mini",
    at: str = "2026-11-01T10:00:00+00:00",
    status: int = 200,
    url: str = URL,
    body: bytes | None = None,
    asked: dict | None = None,
    **metadata: object,
) -> CapturedInteraction:
    """One recorded call of OpenAI's."""
    told = asked or {"model": model, "messages": [{"role": "user", "content": question}], "max_tokens": 50}
    said = answer if answer is not None else question
    document = {
        "id": "c",
        "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 6, "total_tokens": 18},
    }
    return CapturedInteraction(
        CapturedRequest("POST", url, [(b"content-type", b"application/json")], json.dumps(told).encode()),
        status,
        [(b"content-type", b"application/json")],
        {},
        [CapturedChunk(json.dumps(document).encode() if body is None else body, 0.1)],
        {"provider": "openai", "model": model, "recorded_at": at, "latency_s": 0.5, **metadata},
    )


def put(folder: Path, *interactions: CapturedInteraction) -> list[str]:
    """Write recordings under their keys, later ones of one key as takes; their names."""
    store, keyer, names = FolderStore(str(folder)), Keyer(), []
    for one in interactions:
        key, take = keyer.identify(one.request).key, 1
        while name_of(key, take) in store:
            take += 1
        store.rewrite(name_of(key, take), one)
        names.append(name_of(key, take))
    return names


def corpus(folder: Path, questions: Iterable[str]) -> Path:
    """A corpus of these questions, each answered by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    put(folder, *(interaction(question) for question in questions))
    return folder


def numbered(count: int) -> Sequence[str]:
    """So many questions."""
    return [f"what is {number}?" for number in range(count)]


def kept(folder: Path) -> list[str]:
    """The answers of targets that a corpus has."""
    return sorted(path.stem for path in folder.glob("migration__*.json"))
