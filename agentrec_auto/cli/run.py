"""``agentrec run``, as ``--help`` and shell completion know it.

What runs it is `agentrec_auto.bootstrap.launch`, before typer is imported; here are its words only.
"""

from __future__ import annotations

from typing import Any

import typer

from agentrec_auto.bootstrap import launch
from agentrec_auto.bootstrap.options import OPTIONS


def _option(name: str) -> Any:
    """The option ``name`` of the launcher's table."""
    option = next(option for option in OPTIONS if option.name == name)
    default: Any = [] if name == "tag" else "" if option.metavar else False
    metavar = option.metavar or None
    return typer.Option(default, option.flag, metavar=metavar, help=option.help, show_default=False)


def register(app: typer.Typer) -> None:
    """Add the command ``run``."""
    app.command("run", context_settings={"allow_interspersed_args": False})(run)


def run(
    command: list[str] = typer.Argument(
        None, metavar="CMD", help="The command; what follows `--` is its own.", show_default=False
    ),
    mode: str = _option("mode"),
    corpus: str = _option("corpus"),
    config: str = _option("config"),
    on_miss: str = _option("on_miss"),
    tag: list[str] = _option("tag"),
    speed: str = _option("speed"),
    no_follow: bool = _option("no_follow"),
    exec: bool = _option("exec"),
) -> None:
    """Run a command; record what it says to LLM APIs, or replay it.

    Signals, terminal and exit code are the command's, and every Python below it is followed. At the end
    one line says what was replayed, recorded and missed; the exit code is 3 where the command's was 0 but
    calls were missed.

    Example: `agentrec run -- python app.py`, then `agentrec run --mode replay -- pytest -x`
    """
    given: dict[str, Any] = locals()
    words: list[str] = []
    for option in OPTIONS:
        value = given[option.name]
        if not option.metavar:
            words += [option.flag] if value else []
            continue
        words += [f"{option.flag}={one}" for one in (value if isinstance(value, list) else [value]) if one]
    raise typer.Exit(launch.run([*words, "--", *command]))
