"""``agentrec view``: the corpus in a browser."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from collections.abc import Sequence

import typer

from agentrec_auto.cli import opening, output
from agentrec_auto.cli.ending import told_to_end
from agentrec_auto.corpus.held import Corpus
from agentrec_auto.corpus.listing import sorted_out
from agentrec_auto.errors import StoreError
from agentrec_auto.viewing import writing
from agentrec_auto.viewing.server import Viewer


def register(app: typer.Typer) -> None:
    """Add ``view``."""
    app.command()(view)


def view(
    words: list[str] = opening.FILTER,
    out: str = typer.Option(
        "", "--out", "-o", metavar="FILE.html", help="Write the page to a file.", show_default=False
    ),
    no_open: bool = typer.Option(False, "--no-open", help="Only print the address."),
    port: int = typer.Option(0, "--port", "-p", min=0, max=65535, help="0 for any that is free."),
    limit: int = typer.Option(0, "--limit", "-n", min=0, help="The newest so many; 0 for all."),
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = typer.Option(False, "--json", help="A line of JSON in place of words, for scripts."),
) -> None:
    """Look at the corpus in a browser.

    Lists what is recorded, newest first, to be searched and filtered; shows a recording as a conversation, as
    raw messages and chunk by chunk; compares two. Changes nothing, and is for this machine only. Ctrl-C ends
    it. With `--out`, the page and all that it shows are written to one file.

    Takes the filters of `agentrec ls`.

    Example: `agentrec view since:7d model:gpt-4o*`, and `agentrec view --out corpus.html`
    """
    query = opening.query_of(words)

    def opened() -> tuple[Corpus, Sequence[str]]:
        found = opening.open_corpus(corpus, config)
        chosen = sorted_out(found, query)
        return found, chosen.names[: limit or None]

    if out:
        held, names = opened()
        if not names:
            output.note(f"nothing in {held.where} matches: {query}")
            raise typer.Exit(1)
        writing.write(held, names, out)
        told = {"file": os.path.abspath(out), "recordings": len(names)}
        typer.echo(json.dumps(told) if as_json else f"{output.plural(len(names), 'recording')} in {out}")
        return
    try:
        viewer = Viewer(port, opened)
    except OSError as error:
        raise StoreError(f"can't listen on 127.0.0.1:{port}: {error.strerror or error}") from error
    over = told_to_end()
    viewer.start()
    _ready(viewer, as_json)
    if not no_open and _has_screen():
        webbrowser.open(viewer.address)
    while not over.wait(1.0):  # by the second: Windows lets no signal into a wait
        pass
    viewer.stop(0.5)


def _has_screen() -> bool:
    """Whether a browser would have a window: one in the terminal would take it over."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME"))


def _ready(viewer: Viewer, as_json: bool) -> None:
    if as_json:
        told = {"event": "ready", "url": viewer.address, "port": viewer.port, "pid": os.getpid()}
        typer.echo(json.dumps(told))
    else:
        where = output.inert(viewer.corpus.where)
        typer.echo(f"{output.plural(viewer.total, 'recording')} of {where} at {viewer.address}")
        typer.echo("Ctrl-C ends it")
    sys.stdout.flush()
