"""``agentrec show``: one recording, as people read it."""

from __future__ import annotations

import sys
from typing import Any

import typer
from rich.console import RenderableType

from agentrec_auto.capture import CapturedInteraction, Headers
from agentrec_auto.cli import opening, output
from agentrec_auto.cli.page import page_of
from agentrec_auto.corpus.curl import curl
from agentrec_auto.corpus.facts import facts_of
from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.corpus.identity import standing_of
from agentrec_auto.corpus.jsonable import jsonable
from agentrec_auto.corpus.listing import newest_first
from agentrec_auto.providers.registry import read


def register(app: typer.Typer) -> None:
    """Add ``show``."""
    app.command("show")(show)


def show(
    name: str = typer.Argument(
        "",
        metavar="NAME",
        help="Its name, the beginning of it, or of the digest it ends in.",
        show_default=False,
    ),
    raw: bool = typer.Option(False, "--raw", help="Request and response as they are stored, undecoded."),
    as_curl: bool = typer.Option(False, "--curl", help="The request as a curl command."),
    chunks: bool = typer.Option(False, "--chunks", help="The pieces in which the answer came, and when."),
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Show one recording as people read it.

    What was asked and answered, tools, tokens, time, and where it comes from. Without a name: the newest. A
    path to its file will do, too.

    Example: `agentrec show 5dde0f9f`, and `agentrec show 5dde0f9f --curl | sh` to ask again
    """
    corpus, name = opening.at_home(corpus, name)
    opened = opening.open_corpus(corpus, config)
    held = opened.load(name or newest_first(opened, opened.names)[0])
    if as_json:
        output.emit_json(_facts(opened, held, chunks))
    elif as_curl:
        typer.echo(curl(held.interaction))
    elif raw:
        _write_raw(held.interaction)
    elif chunks:
        output.emit(_chunks(held.interaction))
    else:
        output.emit(*page_of(opened, held))


def _chunks(interaction: CapturedInteraction) -> RenderableType:
    """When each piece came, and what it is: on a terminal, as much as a line holds."""
    right = {"justify": "right", "no_wrap": True}
    data = ("data", {"no_wrap": True, "overflow": "ellipsis", "ratio": 1} if output.is_terminal() else {})
    made = output.table(("#", right), ("at", right), ("bytes", right), data)
    made.expand = output.is_terminal()
    for number, chunk in enumerate(interaction.chunks, 1):
        text = chunk.data.decode("utf-8", "backslashreplace").replace("\r", "\\r").replace("\n", "\\n")
        at, size = f"{chunk.timestamp_offset:.3f} s", f"{len(chunk.data):,}"
        made.add_row(str(number), at, size, output.cell(text))
    return made


def _write_raw(interaction: CapturedInteraction) -> None:
    """Both messages as HTTP/1.1 spells them: their bytes into a pipe, made inert for a terminal."""
    request = interaction.request
    message = b"".join(
        (
            f"{request.method} {request.url}\r\n".encode("utf-8", "surrogatepass"),
            _head_lines(request.headers),
            request.content,
            f"\r\n\r\nHTTP/1.1 {interaction.response_status}\r\n".encode(),
            _head_lines(interaction.response_headers),
            interaction.body,
            b"\r\n",
        )
    )
    if output.is_terminal():
        typer.echo(output.inert(message.decode("utf-8", "replace")))
    else:
        sys.stdout.buffer.write(message)
        sys.stdout.buffer.flush()


def _head_lines(headers: Headers) -> bytes:
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers) + b"\r\n"


def _facts(corpus: Corpus, held: Held, chunks: bool) -> dict[str, Any]:
    interaction, reading = held.interaction, read(held.interaction)
    request = interaction.request
    told = {
        **jsonable(facts_of(held)),
        "dialect_read": reading.dialect,
        "why": reading.why,
        "standing": standing_of(corpus, held),
        "question": reading.question,
        "answer": reading.answer,
        "metadata": interaction.metadata,
        "request_headers": _plain_headers(request.headers),
        "request_body": request.content,
        "response_headers": _plain_headers(interaction.response_headers),
        "response_body": interaction.body,
    }
    if chunks:
        told["chunks"] = [
            {"at_s": chunk.timestamp_offset, "data": chunk.data} for chunk in interaction.chunks
        ]
    return told


def _plain_headers(headers: Headers) -> list[list[str]]:
    return [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]
