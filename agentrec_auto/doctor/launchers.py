"""Programs that start another program: where its words begin, and whether our environment gets there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Launcher:
    """A program that starts the command in its last words, and hands the environment on."""

    with_value: frozenset[str] = frozenset()
    """Its options that take the next word."""

    verb: str = ""
    """A word that comes first (``uv run``)."""

    operands: int = 0
    """Words of its own before the command (``timeout 10``)."""

    has_own_python: bool = False
    """Whether the command is looked for in an environment that the launcher chooses, not on PATH."""

    is_module: tuple[str, ...] = ()
    """Options that make the rest a program for its Python (``uv run -m``)."""

    moving: tuple[str, ...] = ()
    """Options after which it starts the command in another folder; an empty one where it always does."""

    def split(self, command: Sequence[str]) -> int | None:
        """Where the inner command begins; None where there is none."""
        at, operands = 1, self.operands
        if self.verb:
            if self.verb not in command:
                return None
            at = command.index(self.verb) + 1
        while at < len(command):
            word = command[at]
            if word == "--":
                at += 1
                break
            if word in self.is_module:
                break
            if word.startswith("-"):
                at += 2 if word in self.with_value else 1
            elif "=" in word and not self.verb:  # env NAME=value
                at += 1
            elif operands:
                operands -= 1
                at += 1
            else:
                break
        return at if at < len(command) else None

    def goes_elsewhere(self, words: Sequence[str]) -> bool:
        """Whether the command is started in another folder than this, with these words in front of it."""
        return "" in self.moving or any(word.partition("=")[0] in self.moving for word in words)


_UV = frozenset(
    (
        *("-p", "--python", "--python-platform", "--with", "--with-editable", "--with-requirements"),
        *("--extra", "--no-extra", "--group", "--no-group", "--only-group", "--package"),
        *("--project", "--directory", "--env-file", "--config-file", "--cache-dir", "--link-mode"),
        *("-i", "--index", "--default-index", "--index-url", "--extra-index-url", "-f", "--find-links"),
        *("--resolution", "--prerelease"),
    )
)

LAUNCHERS = {
    "env": Launcher(frozenset({"-u", "--unset", "-C", "--chdir"}), moving=("-C", "--chdir")),
    "nohup": Launcher(),
    "nice": Launcher(frozenset({"-n"})),
    "time": Launcher(),
    "timeout": Launcher(frozenset({"-k", "-s"}), operands=1),
    "uv": Launcher(
        _UV,
        "run",
        has_own_python=True,
        is_module=("-m", "--module", "-s", "--script"),
        moving=("--directory",),
    ),
    "poetry": Launcher(verb="run", has_own_python=True, moving=("-C", "--directory", "-P", "--project")),
    "pdm": Launcher(frozenset({"-p"}), "run", has_own_python=True, moving=("-p", "--project")),
    "hatch": Launcher(verb="run", has_own_python=True, moving=("",)),
    "pipenv": Launcher(verb="run", has_own_python=True),
    "conda": Launcher(
        frozenset({"-n", "--name", "-p", "--prefix", "--cwd"}), "run", has_own_python=True, moving=("--cwd",)
    ),
    "opentelemetry-instrument": Launcher(),
    "ddtrace-run": Launcher(),
    "newrelic-admin": Launcher(verb="run-program"),
    "elasticapm-run": Launcher(),
}
"""Name of the program → how it is read."""

_INSIDE = "run agentrec there: "
LOSES = {
    "docker": ("a container doesn't inherit the environment", _INSIDE + "`docker run … agentrec run -- CMD`"),
    "podman": ("a container doesn't inherit the environment", _INSIDE + "`podman run … agentrec run -- CMD`"),
    "sudo": ("sudo clears the environment", _INSIDE + "`sudo … agentrec run -- CMD`"),
    "ssh": ("another machine doesn't inherit the environment", _INSIDE + "`ssh HOST agentrec run -- CMD`"),
    "tox": (
        "tox starts its commands with an environment of its own",
        "write `pass_env = AGENTREC_*` into tox's settings, and run `AGENTREC_MODE=auto tox`",
    ),
}
"""Programs behind which the environment is another one: why, and what to do."""
