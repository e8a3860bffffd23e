"""The command line: `main`, one command a file, one error boundary.

``run`` is answered before anything heavy is imported: the launcher is paid for at every start of the
user's command. Everything else goes through typer in `app`.
"""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line on ``argv`` (default: the process's) and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] == ["run"]:
        from agentrec_auto.bootstrap import launch, options

        try:
            return launch.run(words[1:])
        except options.HelpAsked:
            words = ["run", "--help"]
    from agentrec_auto.cli.app import invoke

    return invoke(words)
