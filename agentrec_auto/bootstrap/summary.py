"""What is said at the end of a run, on stderr: one line, then each thing that went wrong, once."""

from __future__ import annotations

import os

from agentrec_auto.bootstrap.hook import folder as working_folder
from agentrec_auto.bootstrap.hook import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentrec_auto.flow.ledger import Tally

TOLD = 10
"""How many misses are told in full."""


def close_run(environ: Mapping[str, str], *, outer: str = "") -> bool:
    """Sum up the run of ``environ``, take its ledger away, and give whether it must not end well.

    A run inside another hands its ledger up, into the folder ``outer``.
    """
    folder = environ.get("AGENTREC_RUN_DIR", "")
    mode, corpus = environ.get("AGENTREC_MODE", "auto"), shown(environ.get("AGENTREC_CORPUS", "corpus"))
    if take_away(folder):  # no process had anything to note
        say(nothing(mode, corpus))
        return False
    import shutil

    from agentrec_auto.flow.ledger import read

    _gather(folder, folder)
    tally = read(folder)
    for sentence in sentences(tally, mode, corpus):
        say(sentence)
    if outer:
        _gather(folder, outer)
    shutil.rmtree(folder, ignore_errors=True)
    return tally.is_red


def take_away(folder: str) -> bool:
    """Take the ledger's folder away if nothing is in it; gives whether there is none now."""
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return not os.path.isdir(folder)
    return True


def sentences(tally: Tally, mode: str, corpus: str) -> Iterator[str]:
    """The line that says what a run did, what it missed and what it should have seen."""
    if tally.is_empty:
        yield nothing(mode, corpus)
    else:
        yield tally.line(mode=mode, corpus=corpus)
    wrong = dict.fromkeys(str(event.get("text")) for event in (*tally.misses, *tally.refusals, *tally.drifts))
    for text in list(wrong)[:TOLD]:
        yield text.removeprefix("agentrec: ")
    if len(wrong) > TOLD:
        yield f"and {len(wrong) - TOLD} more"
    yield from tally.alarms()
    yield from tally.warnings


def nothing(mode: str, corpus: str) -> str:
    """The line of a run in which nothing happened."""
    return f"no LLM call was seen · mode {mode} · {corpus}"


def shown(corpus: str) -> str:
    """A corpus as the user named it: relative to the working directory where it lies below."""
    return corpus.removeprefix(os.path.join(working_folder(), "")) or corpus


def _gather(folder: str, into: str) -> None:
    """Move the ledger's files below ``folder`` into ``into``; each has a name of its own.

    A pytest that was killed has left its files in a folder of its own.
    """
    try:
        os.makedirs(into, exist_ok=True)
        for place, _, names in os.walk(folder):
            for name in names if place != into else ():
                os.rename(os.path.join(place, name), os.path.join(into, name))
    except OSError:  # the command's exit code matters more
        return
