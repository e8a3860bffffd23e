"""The command line: `main`, one command a file, one error boundary.

``run`` is answered before anything heavy is imported: the launcher is paid for at every start of the
user's command. Everything else goes through typer in `app`.

record        run · demo · doctor · hook · config · serve
look          ls · show · page · diff · explain · stats · view
keep          verify · scan · scrub · rekey · prune · annotate · import_ · export
migrate       migrate · report · profiles

what commands share
output        printing, for people and programs       opening     the corpus, from options
changes       showing a change, and making it         ending      ending when told to
migrating · judging · progress    migrate's and report's options, comparators, progress bar
"""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line on ``argv`` (default: the process's) and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    if argv is None and "agentrec_auto.bootstrap.hook" in sys.modules:
        _be_nobodys_app()
    if words[:1] == ["run"]:
        from agentrec_auto.bootstrap import launch, options

        try:
            return launch.run(words[1:])
        except options.HelpAsked:
            words = ["run", "--help"]
    from agentrec_auto.cli.app import invoke

    return invoke(words)


def _be_nobodys_app() -> None:
    """Take our own process out of a run around it, which started us as it starts every Python.

    What a command asks of a model (`migrate`, judges) is neither the app's to record nor ever replayed to it,
    and no made-up key passes for a real one.
    """
    import os

    from agentrec_auto.bootstrap.keys import drop_dummy_keys
    from agentrec_auto.bootstrap.start import uninstall

    uninstall()
    drop_dummy_keys(os.environ)
