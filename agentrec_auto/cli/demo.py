"""``agentrec demo``: record two unmodified scripts, take their endpoint away, run them again."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import typer
from rich.box import ROUNDED
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agentrec_auto.demo.play import APPS, CORPUS, App, Run, Scene

CURE = "pip install 'agentrec-auto[demo]'"
_TOLD = 12
"""Lines of stderr that are shown when something failed."""


def register(app: typer.Typer) -> None:
    """Add ``demo``."""
    app.command()(demo)


def demo(
    keep: str = typer.Option(
        "", "--keep", metavar="DIR", help="Keep scripts and recordings in DIR.", show_default=False
    ),
    as_json: bool = typer.Option(False, "--json", help="As JSON, for programs."),
) -> None:
    """Show the main job on this machine: no key, no network, well under a minute.

    Starts a local endpoint that stands in for OpenAI (and one for Anthropic), runs an unmodified script
    under `agentrec run --mode auto`, stops the endpoint, runs the script again, and compares what it printed.
    Exits with 1 if anything differs.

    Example: `agentrec demo --keep tour`
    """
    if keep and os.path.exists(keep) and (not os.path.isdir(keep) or os.listdir(keep)):
        raise typer.BadParameter(f"{keep!r} is not an empty folder: name a new one", param_hint="--keep")
    missing = [app for app in APPS if not app.version]
    if len(missing) == len(APPS):
        names = " nor ".join(app.sdk for app in APPS)
        typer.echo(f"agentrec: neither {names} is installed here: {CURE}", err=True)
        raise typer.Exit(2)
    with ExitStack() as stack:
        folder = keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="agentrec-demo-"))
        scenes = [Scene(app, os.path.abspath(folder)) for app in APPS if app.version]
        if as_json:
            for scene in scenes:
                scene.play()
            typer.echo(json.dumps(_facts(scenes, missing, keep), indent=2))
        else:
            _show(scenes, missing, keep)
    if any(fault for scene in scenes for fault in scene.faults()):
        raise typer.Exit(1)


def _show(scenes: Sequence[Scene], missing: Sequence[App], keep: str) -> None:
    """On a terminal from the first token on, else scene by scene."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a stdout in ASCII must not end in a traceback
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False)
    console.print(
        "Unmodified scripts, run twice by one command: once with a local endpoint that answers them token by "
        "token, and once more when it is gone. No key, no network.\n"
    )
    for app in missing:
        console.print(Text(f"{app.sdk} is not installed, so {app.script} is left out: {CURE}\n", "yellow"))
    for scene in scenes:
        _perform(scene, console)
        console.print(_verdict(scene))
    if not any(fault for scene in scenes for fault in scene.faults()):
        console.print(_recordings(scenes), _next(scenes, keep))


def _perform(scene: Scene, console: Console) -> None:
    if not console.is_terminal:
        scene.play()
        console.print(_stage(scene))
        return
    with Live(get_renderable=lambda: _stage(scene), console=console, refresh_per_second=20):
        scene.play()


def _stage(scene: Scene) -> RenderableType:
    """Both runs, side by side, as far as they have come."""
    title = Text(f"$ agentrec run --mode auto -- python {scene.app.script}", "bold")
    title.append(f"   {scene.app.sdk} {scene.app.version}", "not bold dim")
    table = Table(box=ROUNDED, border_style="dim", expand=True, show_footer=True)
    waited = f" ({scene.live.waited_s:.1f} s waiting)" if scene.live.waited_s else ""
    for where, run, aside in (("endpoint up", scene.live, waited), ("endpoint gone", scene.offline, "")):
        head = Text(where, "bold")
        if run.started is not None:
            head.append(f", {run.seconds:.1f} s", "not bold cyan").append(aside, "not bold dim")
        table.add_column(head, run.summary, ratio=1, footer_style="dim")
    table.add_row(Text(scene.live.text.strip()), Text(scene.offline.text.strip()))
    return Group(title, table)


def _verdict(scene: Scene) -> RenderableType:
    """What was compared, or what was wrong and what the script said about it."""
    faults = list(scene.faults())
    if faults:
        said = "\n".join((scene.live.errors + scene.offline.errors).splitlines()[-_TOLD:])
        return Group(Text(said, "dim"), *(Text(f"FAILED: {fault}", "bold red") for fault in faults), "")
    told_well = Text("same text, same chunks", "bold green")
    return told_well.append(f"; nothing listens on 127.0.0.1:{scene.port} any more\n", "not bold default")


def _recordings(scenes: Sequence[Scene]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    table.add_column("recorded", no_wrap=True)
    table.add_column("bytes", justify="right")
    table.add_column("chunks", justify="right")
    for scene in scenes:
        for cassette in scene.cassettes:
            table.add_row(f"{CORPUS}/{cassette.name}", f"{cassette.size:,}", str(cassette.chunks))
    return table


def _next(scenes: Sequence[Scene], keep: str) -> RenderableType:
    """What to type now."""
    steps = {
        "agentrec run -- python your_app.py": "records, then replays",
        "AGENTREC_MODE=replay pytest": "never live, no key",
    }
    if keep:
        script = scenes[0].app.script
        first = {f"cd {keep}": "", f"agentrec run --mode replay -- python {script}": "needs no key"}
    else:
        first = {"agentrec demo --keep tour": "keeps scripts and recordings"}
    steps = {**first, **steps}
    width = max(map(len, steps))
    lines = [Text(f"{command:{width}}   {gives}".rstrip()) for command, gives in steps.items()]
    return Group("", Text("next", "bold"), *lines)


def _facts(scenes: Sequence[Scene], missing: Sequence[App], keep: str) -> dict[str, Any]:
    """All of it, for programs."""
    faults = [fault for scene in scenes for fault in scene.faults()]
    return {
        "ok": not faults,
        "faults": faults,
        "folder": os.path.abspath(keep) if keep else None,
        "missing": [{"sdk": app.sdk, "cure": CURE} for app in missing],
        "scripts": [_scene_facts(scene) for scene in scenes],
    }


def _scene_facts(scene: Scene) -> dict[str, Any]:
    return {
        "script": scene.app.script,
        "sdk": scene.app.sdk,
        "version": scene.app.version,
        "endpoint": {"port": scene.port, "is_closed": scene.is_closed},
        "live": _run_facts(scene.live),
        "offline": _run_facts(scene.offline),
        "same_text": scene.live.text == scene.offline.text,
        "same_chunks": scene.live.chunks == scene.offline.chunks,
        "cassettes": [
            {"name": cassette.name, "bytes": cassette.size, "chunks": cassette.chunks}
            for cassette in scene.cassettes
        ],
    }


def _run_facts(run: Run) -> dict[str, Any]:
    return {
        "exit": run.code,
        "seconds": round(run.seconds, 3),
        "waited_s": round(run.waited_s, 3),
        "text": run.text,
        "chunks": run.chunks,
        "summary": run.summary,
        "stderr": run.errors,
    }
