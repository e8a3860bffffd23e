"""The command line: `main`, one command a file, one error boundary.

``run`` is answered before anything heavy is imported: the launcher is paid for at every start of the
user's command. Everything else goes through typer in `app`.
"""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line on ``argv`` (default: the process's) and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] == ["run"] and not _asks_help(words[1:]):
        from agentrec_auto.bootstrap.launch import run

        return run(words[1:])
    from agentrec_auto.cli.app import invoke

    return invoke(words)


def _asks_help(words: list[str]) -> bool:
    """Whether ``--help`` is for us: before the command that ``run`` is to start."""
    for word in words:
        if word == "--help":
            return True
        if word == "--" or not word.startswith("-"):
            return False
    return not words
