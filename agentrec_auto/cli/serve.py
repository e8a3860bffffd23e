"""``agentrec serve``: the corpus as an HTTP server."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from agentrec_auto.bootstrap.summary import line_of, sentences, shown
from agentrec_auto.cli import opening, output
from agentrec_auto.cli.ending import told_to_end
from agentrec_auto.config.keys import SETTINGS
from agentrec_auto.config.load import load
from agentrec_auto.corpus.held import opened
from agentrec_auto.errors import ConfigError, StoreError
from agentrec_auto.flow.ledger import place, say
from agentrec_auto.serving.answering import Server
from agentrec_auto.serving.doors import Doors, is_loopback
from agentrec_auto.serving.lanes import Lanes
from agentrec_auto.settings import Settings
from agentrec_auto.store.base import Store
from agentrec_auto.store.location import open_store

if TYPE_CHECKING:
    from agentrec_auto.serving.upstream import Upstream

PORT = 4747
PATIENCE_S = 3.0
"""For answers under way when it is told to end."""

_MODES = ("replay", "auto", "record", "refresh", "verify")
_MISSED = 3


def register(app: typer.Typer) -> None:
    """Add ``serve``."""
    app.command()(serve)


def serve(
    mode: str = typer.Option("replay", "--mode", metavar="MODE", help="replay, auto, record or verify."),
    upstream: str = typer.Option(
        "",
        "--upstream",
        metavar="URL",
        help="The real API, for modes that go live; rules for keys see its host.",
        show_default=False,
    ),
    port: int = typer.Option(PORT, "--port", "-p", min=0, max=65535, help="0 for any that is free."),
    host: str = typer.Option("127.0.0.1", "--host", help="The address to listen on."),
    speed: str = typer.Option(
        "", "--speed", metavar="PACE", help="instant (default), 1 as recorded, 10 …", show_default=False
    ),
    allow_host: list[str] = typer.Option(
        [], "--allow-host", metavar="NAME", help="A name that it goes by; * for any.", show_default=False
    ),
    allow_origin: list[str] = typer.Option(
        [], "--allow-origin", metavar="ORIGIN", help="A web page that may read answers.", show_default=False
    ),
    verbose: bool = typer.Option(False, "--verbose", "-v", help="Tell of each request on stderr."),
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = typer.Option(False, "--json", help="JSON lines: one when it is ready, one at the end."),
) -> None:
    """Serve the corpus over HTTP, for apps in any language.

    Point the app's base_url at it: what is recorded is answered as the provider did, chunk by chunk, whatever
    key the app sends. What isn't is refused in words, told here, and the server ends with 3. With
    `--upstream` and `--mode auto` or `record`, it stands before the real API and records.

    Takes count from the server's start, or from `POST /_agentrec/reset`; a header `x-agentrec-lane: NAME`
    counts apart for each name. Ctrl-C ends it.

    Example: `agentrec serve --port 4747`, then `OPENAI_BASE_URL=http://127.0.0.1:4747/v1 node app.js`
    """
    settings = _settings(mode, corpus, config, speed, upstream)
    real = _upstream(upstream) if upstream else None
    lanes = Lanes(settings, _store(settings))
    try:
        server = Server(host, port, lanes, Doors(allow_host, allow_origin), real, tells=verbose)
    except OSError as error:
        why = error.strerror or error
        raise StoreError(f"can't listen on {host}:{port}: {why}; --port 0 takes one that is free") from error
    over = told_to_end()
    server.start()
    _ready(server, host, as_json)
    while not over.wait(1.0):  # by the second: Windows lets no signal into a wait
        pass
    server.stop(PATIENCE_S)
    lanes.finish()
    if real is not None:
        real.close()
    _ended(server, as_json)


def _settings(mode: str, corpus: str, config: str, speed: str, upstream: str) -> Settings:
    if mode not in _MODES:
        raise ConfigError(f"unknown mode {mode!r}", where="--mode", expected=", ".join(_MODES))
    if mode != "replay" and not upstream:
        raise ConfigError(
            "nowhere to go live",
            where=f"--mode {mode}",
            expected="--upstream URL beside it, or replay",
        )
    environ = {name: value for name, value in os.environ.items() if name != SETTINGS}
    given = {"mode": mode, "corpus": corpus, "config": config, "speed": speed}
    settings = load(environ, flags={name: said for name, said in given.items() if said}).settings
    if upstream:
        return settings
    hosts = [rule.url for rule in settings.key_rules if rule.host]
    if hosts:
        say(f"a key rule ({hosts[0]}) has the host count: name the recorded one with --upstream URL")
    return replace(settings, on_miss="fail")  # there is nowhere to let it through to


def _upstream(url: str) -> Upstream:
    from agentrec_auto.serving.upstream import Upstream  # here: an HTTP client, which replay needs none of

    return Upstream(url)


def _store(settings: Settings) -> Store:
    """The corpus, which must hold something where that is all there is."""
    if settings.mode == "replay":
        return opened(settings, os.environ).store
    return open_store(settings.corpus, warn=say)


def _ready(server: Server, host: str, as_json: bool) -> None:
    if not is_loopback(host):
        say(f"listening on {host}: whoever reaches this machine can read what is recorded")
    settings = server.lanes.settings
    if as_json:
        told = {"url": server.url, "port": server.port, "pid": os.getpid()}
        typer.echo(json.dumps({"event": "ready", **told, "mode": settings.mode, "corpus": settings.corpus}))
    else:
        typer.echo(f"serving {output.inert(shown(settings.corpus))} at {server.url} · mode {settings.mode}")
        typer.echo(f"  OPENAI_BASE_URL={server.url}/v1")
        typer.echo(f"  ANTHROPIC_BASE_URL={server.url}")
    sys.stdout.flush()


def _ended(server: Server, as_json: bool) -> None:
    tally, settings = server.lanes.ledger.tally, server.lanes.settings
    if as_json:
        typer.echo(json.dumps({"event": "ended", **server.status()}))
    here = place(sys.stderr)
    for sentence in sentences(tally, line_of(tally, settings.mode, shown(settings.corpus), here), here):
        say(output.inert(sentence))
    if tally.is_red:
        raise typer.Exit(_MISSED)
