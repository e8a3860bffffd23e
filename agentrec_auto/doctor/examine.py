"""From a command to a report: finds its Python, looks inside, and has everything judged."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence

from agentrec_auto.bootstrap import hook, launch, options, scripts, startup_files
from agentrec_auto.config.load import Loaded, load
from agentrec_auto.doctor import command as commands
from agentrec_auto.doctor import inside, libraries, surroundings
from agentrec_auto.doctor.command import Opaque
from agentrec_auto.doctor.finding import Finding, Report, State
from agentrec_auto.doctor.starting import starting
from agentrec_auto.errors import ConfigError

OURSELVES = ("agentrec", "agentrec-auto")
_KEEP_US = "leave that out, or keep what PYTHONPATH holds: `PYTHONPATH=src:$PYTHONPATH`"


def examine(words: Sequence[str], given: Mapping[str, str]) -> Report:
    """What holds for ``agentrec run`` with the options ``given``, and a command.

    No ``words`` ask about this Python; they may be a whole ``agentrec run …``, too.
    """
    asked: options.Given = {name: [value] for name, value in given.items() if value}
    if len(words) > 1 and os.path.basename(words[0]) in OURSELVES and words[1] == "run":
        inner, words = options.parse(words[2:])
        asked = {**asked, **inner}
    try:
        loaded = _loaded(asked)
    except ConfigError as error:
        broken = Finding(
            State.IN_THE_WAY, "settings", str(error), "`agentrec config check` says when it is right"
        )
        return Report(_named(words), "auto", "", (broken, *_around(words, _bare()), *surroundings.here()))
    on = {**asked, "mode": ["auto"]} if loaded.settings.mode == "off" else asked
    try:
        environ = launch.environment_of(on)
    except ConfigError:  # a corpus that can't be one: told below
        environ = _bare()
    findings = [
        *_around(words, environ),
        *surroundings.settings(loaded, os.environ),
        *surroundings.here(),
    ]
    return Report(_named(words), loaded.settings.mode, loaded.settings.corpus, tuple(findings))


def _around(words: Sequence[str], environ: Mapping[str, str]) -> Iterator[Finding]:
    """The findings about the Python that a command starts under ``environ``."""
    found = commands.find(words or [sys.executable], environ, os.getcwd())
    seen = found if isinstance(found, Opaque) else commands.lacking(found) or _look(found, environ)
    if isinstance(seen, Opaque):
        if words and (told := scripts.kept_out(words, environ.get("PATH", os.defpath))):
            yield Finding(State.IN_THE_WAY, "command", told, _KEEP_US)
            return
        state = State.IN_THE_WAY if seen.is_lost else State.UNSEEN
        yield Finding(state, "command", seen.why, seen.cure)
        return
    if seen.lacks:
        text = f"there is no module {seen.lacks!r} for {seen.executable}"
        yield Finding(State.IN_THE_WAY, "command", text, "check the spelling, or install it there")
    yield from starting(seen)
    yield from libraries.libraries(seen)
    yield from libraries.sdks(seen)
    said = {name: value for name, _, value in (word.partition("=") for word in words)}  # env NAME=value …
    yield from libraries.keys(seen, {**environ, **said})


def _look(start: commands.Start, environ: Mapping[str, str]) -> inside.Inside | Opaque:
    return inside.look(
        start,
        environ,
        libraries=libraries.INTERCEPTED,
        distributions=libraries.DISTRIBUTIONS,
        start_up=[name for name in startup_files.FILES if name.endswith(".pth")],
    )


def _loaded(asked: options.Given) -> Loaded:
    flags = {name: values[-1] for name, values in asked.items() if name in launch.SETTINGS}
    return load(os.environ, flags=flags)


def _bare() -> dict[str, str]:
    """The environment of a run for which nothing was said, where what was said can't be followed."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AGENTREC_")}
    environ["AGENTREC_MODE"] = "auto"
    hook.begin_run(environ)
    return environ


def _named(words: Sequence[str]) -> str:
    return shlex.join(words) if words else "this Python"
