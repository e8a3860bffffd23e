"""What a migration's report costs: 10,000 recorded pairs, offline, beside reading and parsing their files.

    python benchmarks/migration.py [--pairs 10000] [--folder DIR] [--compare exact,fuzzy]

Prints CPU seconds and peak memory of ``agentrec report`` (Markdown and HTML) in a process of its own, and of
a process that does nothing but read the same files and parse their JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = (Path(__file__).parent / "migration.py").read_text().split()
LENGTHS = (500,) * 5 + (2000,) * 4 + (6000,)
"""Characters of answers, as often as they come."""

TARGET = "gpt-5-nano"


def main() -> None:
    """Make the corpus unless it is there, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument(
        "--folder", default=os.path.join(tempfile.gettempdir(), "agentrec-migration-benchmark")
    )
    parser.add_argument("--compare", default="exact,fuzzy")
    options = parser.parse_args()
    folder = Path(options.folder) / str(options.pairs)
    if not folder.exists():
        made = folder.with_name(f"{options.pairs}.part")
        make(made, options.pairs)
        made.rename(folder)
    floor = measured([sys.executable, "-c", PARSING, str(folder)])
    words = ["-m", "agentrec_auto", "report", "--corpus", str(folder), "--target", TARGET]
    words += ["--compare", options.compare, "--out", str(folder.parent / "report")]
    ours = measured([sys.executable, *words])
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(f"{options.pairs:,} pairs, {size:,.0f} MB")
    print(f"read and json.loads   {floor[0]:6.2f} s CPU")
    print(
        f"agentrec report       {ours[0]:6.2f} s CPU, {ours[1]:.0f} MB peak: {ours[0] / floor[0]:.2f} times"
    )


PARSING = """
import json, os, sys
for entry in os.scandir(sys.argv[1]):
    with open(entry.path, "rb") as file:
        json.loads(file.read())
"""


def measured(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak megabytes of a command."""
    # An installed package is compiled; one that must be compiled at each start measures the compiler.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environ)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def make(folder: Path, pairs: int) -> None:
    """A corpus of so many questions and their answers by the target: half of each are streams."""
    from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
    from agentrec_auto.keying.identity import Keyer
    from agentrec_auto.keying.semantic import SEMANTIC_KEY_VERSION
    from agentrec_auto.store.file import FolderStore

    dice, keyer, store = random.Random(5), Keyer(), FolderStore(str(folder))
    for number in range(pairs):
        question = f"{number}: " + " ".join(dice.choices(WORDS, k=60))
        length = dice.choice(LENGTHS)
        said = " ".join(dice.choices(WORDS, k=length // 4))[:length]
        other = said if number % 4 == 0 else said.replace(dice.choice(WORDS), "-")
        baseline = None
        for model, text in (("gpt-4o-mini", said), (TARGET, other)):
            streamed = number % 2 == 1
            asked = {
                "model": model,
                "messages": [
                    {"role": "system", "content": "Answer in a paragraph."},
                    {"role": "user", "content": question},
                ],
                "temperature": 0,
                "stream": streamed,
            }
            request = CapturedRequest(
                "POST",
                "https://api.openai.com/v1/chat/completions",
                [(b"content-type", b"application/json"), (b"authorization", b"[REDACTED]")],
                json.dumps(asked).encode(),
            )
            identity = keyer.identify(request)
            key = baseline[0] if baseline else identity.semantic_key
            metadata = {
                "provider": "openai",
                "model": model,
                "semantic_key": key,
                "semantic_key_version": SEMANTIC_KEY_VERSION,
                "recorded_at": "2026-11-23T10:00:00.000000+00:00",
                "category": ("extract", "classify", "chat")[number % 3],
                "ending": "complete",
                "latency_s": round(dice.uniform(0.5, 2), 4),
            }
            if baseline:
                name = f"migration__{baseline[1]}__to__{TARGET}"
                metadata |= {"migrated_from": baseline[1], "migration_notes": []}
            else:
                name = identity.key
                baseline = key, name
            chunks = list(_streamed(model, text) if streamed else [_whole(model, text)])
            kind = b"text/event-stream" if streamed else b"application/json"
            store.rewrite(
                name,
                CapturedInteraction(
                    request,
                    200,
                    [(b"content-type", kind), (b"date", b"Mon, 23 Nov 2026 10:00:00 GMT")],
                    {},
                    [CapturedChunk(data, 0.01 * at) for at, data in enumerate(chunks)],
                    metadata,
                ),
            )


def _whole(model: str, text: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 90, "completion_tokens": len(text) // 4}
    return json.dumps(
        {"id": "chatcmpl-1", "object": "chat.completion", "model": model, "choices": [choice], "usage": usage}
    ).encode()


def _streamed(model: str, text: str):
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": model}
    for at in range(0, len(text), 40):
        choice = {"index": 0, "delta": {"content": text[at : at + 40]}, "finish_reason": None}
        yield f"data: {json.dumps({**head, 'choices': [choice]})}\n\n".encode()
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 90, "completion_tokens": len(text) // 4}
    yield f"data: {json.dumps({**head, 'choices': [last], 'usage': usage})}\n\ndata: [DONE]\n\n".encode()


if __name__ == "__main__":
    main()
