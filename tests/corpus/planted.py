"""Secrets, planted in each place of a recording where one can be."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from agentrec_auto.capture import CapturedChunk, CapturedInteraction

OPENAI = "sk-proj-Zz9Yy8Xx7Ww6Vv5Uu4Tt3"
GITHUB = "ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
PASSWORD = "Tr0ub4dor-and-3"


def _body(interaction: CapturedInteraction, **more: object) -> None:
    document = json.loads(interaction.request.content)
    interaction.request.content = json.dumps({**document, **more}).encode()


def in_a_message(interaction: CapturedInteraction) -> None:
    _body(interaction, messages=[{"role": "user", "content": f"it is\n{OPENAI}\nok?"}])


def in_a_tool_call(interaction: CapturedInteraction) -> None:
    arguments = json.dumps({"token": "x", "env": json.dumps({"line": f"\n{GITHUB}"})})
    _body(
        interaction, messages=[{"role": "assistant", "tool_calls": [{"function": {"arguments": arguments}}]}]
    )


def in_a_field(interaction: CapturedInteraction) -> None:
    _body(interaction, client={"api_key": PASSWORD})


def in_the_url(interaction: CapturedInteraction) -> None:
    interaction.request.url += f"?key={PASSWORD}"


def in_a_header(interaction: CapturedInteraction) -> None:
    interaction.request.headers.append((b"X-Api-Key", PASSWORD.encode()))


def in_a_response_header(interaction: CapturedInteraction) -> None:
    interaction.response_headers.append((b"set-cookie", f"session={PASSWORD}".encode()))


def in_the_answer(interaction: CapturedInteraction) -> None:
    interaction.chunks = [
        CapturedChunk(json.dumps({"choices": [{"message": {"content": f"use {OPENAI}."}}]}).encode())
    ]


def in_a_stream(interaction: CapturedInteraction) -> None:
    pieces = [OPENAI[at : at + 5] for at in range(0, len(OPENAI), 5)]
    events = [
        json.dumps({"choices": [{"index": 0, "delta": {"content": piece}}]})
        for piece in ["use ", *pieces, " now"]
    ]
    body = "".join(f"data: {event}\n\n" for event in [*events, "[DONE]"]).encode()
    interaction.response_headers = [(b"content-type", b"text/event-stream")]
    interaction.chunks = [CapturedChunk(body[at : at + 40], at / 1000) for at in range(0, len(body), 40)]


def in_gzip(interaction: CapturedInteraction) -> None:
    in_the_answer(interaction)
    interaction.chunks = [CapturedChunk(gzip.compress(interaction.body))]
    interaction.response_headers = [(b"content-type", b"application/json"), (b"content-encoding", b"gzip")]


def in_metadata(interaction: CapturedInteraction) -> None:
    interaction.metadata["tags"] = {"note": f"with {OPENAI}"}


def in_the_name_of_a_member(interaction: CapturedInteraction) -> None:
    _body(interaction, logit_bias={OPENAI: 1})


PLACES: tuple[Callable[[CapturedInteraction], None], ...] = (
    in_a_message,
    in_a_tool_call,
    in_a_field,
    in_the_url,
    in_a_header,
    in_a_response_header,
    in_the_answer,
    in_a_stream,
    in_gzip,
    in_metadata,
    in_the_name_of_a_member,
)
SECRETS = (OPENAI, GITHUB, PASSWORD)
