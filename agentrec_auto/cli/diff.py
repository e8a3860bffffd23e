"""``agentrec diff``: two recordings side by side, or a request beside the recording most like it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus.comparing import Comparison, Difference, compared
from agentrec_auto.corpus.explaining import Explanation, explained
from agentrec_auto.corpus.held import Corpus
from agentrec_auto.corpus.jsonable import jsonable
from agentrec_auto.corpus.requests import brought
from agentrec_auto.errors import StoreError

URL = typer.Option(
    "", "--url", help="Where a request goes of which only the body is given.", show_default=False
)


def register(app: typer.Typer) -> None:
    """Add ``diff``."""
    app.command("diff")(diff)


def diff(
    names: list[str] = typer.Argument(None, metavar="A B", help="Two recordings.", show_default=False),
    request: str = typer.Option(
        "",
        "--request",
        metavar="FILE",
        help="A request (- for stdin), in place of A and B.",
        show_default=False,
    ),
    url: str = URL,
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Show how two recordings differ, or a request and the recording most like it.

    Requests path by path, answers as a text diff. Exits with 1 if they differ.

    With `--request`: how a request differs from the recording most like it, which is why replay misses it.
    The file is a cassette, `{"method", "url", "headers", "body"}`, or just the body that was sent.

    Example: `agentrec diff 5dde0f9f 1c7a6b02`, and `agentrec diff --request body.json`
    """
    opened = opening.open_corpus(corpus, config)
    if request:
        if names:
            raise typer.BadParameter("a request is compared with what is recorded: leave the names out")
        explanation = asked_about(opened, request, url)
        if as_json:
            output.emit_json(
                {"found": explanation.is_found, "key": explanation.identity.key, "near": explanation.near}
            )
        else:
            output.emit(*_request(explanation))
        raise typer.Exit(0 if explanation.is_found else 1)
    if len(names or ()) != 2:
        raise typer.BadParameter("name two recordings, or a file with --request")
    comparison = compared(opened, *(opened.load(name) for name in names))
    if as_json:
        output.emit_json({"same": comparison.are_same, **jsonable(comparison)})
    else:
        output.emit(*_comparison(comparison))
    raise typer.Exit(0 if comparison.are_same else 1)


def asked_about(corpus: Corpus, file: str, url: str) -> Explanation:
    """What there is to say about the request in a file; ``-`` is stdin."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read()
        else:
            with open(file, "rb") as opened:
                data = opened.read()
    except OSError as error:
        raise StoreError(f"can't read {file}: {error.strerror}") from error
    found = brought(data, "stdin" if file == "-" else file, corpus, url=url)
    if found.assumed:
        output.note(
            f"only a body: taken to go where {found.assumed} went, {found.request.url} (--url says otherwise)"
        )
    return explained(corpus, found.request)


def differences(found: Sequence[Difference]) -> RenderableType:
    """Paths, and what stands there on each side."""
    made = output.table(("", {"no_wrap": True}), "", header=False)
    for one in found:
        told = Group(*map(_line, one.lines)) if one.lines else output.cell(one.told)
        made.add_row(output.cell(f"  {one.path}", "yellow"), told)
    return made


def _request(explanation: Explanation) -> list[RenderableType]:
    near = explanation.near
    if explanation.is_found:
        name = explanation.takes[0].name
        return [output.cell(f"the same as {name}: replay answers it", "green")]
    if near is None:
        return [Text("nothing is recorded that it could be compared with", "yellow")]
    title = output.cell(f"{near.name} is most like it, {near.likeness:.0%}; its request → this one", "bold")
    return [title, differences(near.differences)]


def _comparison(comparison: Comparison) -> list[RenderableType]:
    shown: list[RenderableType] = [
        output.cell(f"--- {comparison.left}", "bold red"),
        output.cell(f"+++ {comparison.right}", "bold green"),
    ]
    if comparison.request:
        shown.append(output.section("request", differences(comparison.request)))
    if comparison.answer:
        shown.append(output.section("answer", differences(comparison.answer)))
    if comparison.text:
        shown.append(output.section("text", *(_line(line, "  ") for line in comparison.text)))
    if comparison.are_same:
        shown.append(Text("the same question, and the same answer", "green"))
    return shown


def _line(line: str, indent: str = "") -> Text:
    style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
    return output.cell(f"{indent}{line}", style)
