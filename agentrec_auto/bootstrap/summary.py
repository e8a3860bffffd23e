"""What is said at the end of a run, on stderr: one line, then each thing that went wrong, once."""

from __future__ import annotations

import os
import sys

from agentrec_auto.bootstrap.hook import folder as working_folder
from agentrec_auto.bootstrap.hook import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentrec_auto.flow.tally import Tally

TOLD = 10
"""How many misses are told in full."""


def close_run(environ: Mapping[str, str], *, outer: str = "") -> bool:
    """Sum up the run of ``environ``, remove its ledger, and give whether the run must end red.

    A run inside another hands its ledger up, into the folder ``outer``.
    """
    folder = environ.get("AGENTREC_RUN_DIR", "")
    mode, corpus = environ.get("AGENTREC_MODE", "auto"), shown(environ.get("AGENTREC_CORPUS", "corpus"))
    if take_away(folder) and not outer:  # no process had anything to note
        say(nothing(mode, corpus))
        return False
    import shutil

    from agentrec_auto.flow.ledger import place
    from agentrec_auto.flow.tally import read

    _gather(folder, folder)
    tally = read(folder)
    here = place(sys.stderr)
    line = line_of(tally, mode, corpus, here)
    for sentence in sentences(tally, line, here):
        say(sentence)
    if outer:
        _gather(folder, outer)
        _hand_up(tally, line, here)
    shutil.rmtree(folder, ignore_errors=True)
    return tally.is_red


def _hand_up(tally: Tally, line: str, here: str) -> None:
    """Let the run around this one know what was told, and where, so that it need not tell it again."""
    from agentrec_auto.flow import active, ledger

    texts = [*tally.wrong, *tally.alarms(), *tally.warnings]
    active.ledger.note(ledger.SUMMED, line=line, texts=texts, seen=here)


def take_away(folder: str) -> bool:
    """Take the ledger's folder away if nothing is in it; gives whether there is none now."""
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return not os.path.isdir(folder)
    return True


def sentences(tally: Tally, line: str, here: str) -> Iterator[str]:
    """The ``line`` that says what a run did, if any, then what it missed and what it should have seen.

    What was told ``here`` already, a `place`, is not told again.
    """
    if line:
        yield line
    from agentrec_auto.flow.miss import with_one_cure

    untold = tally.untold(tally.wrong, here)
    yield from with_one_cure([text.removeprefix("agentrec: ") for text in untold[:TOLD]])
    if len(untold) > TOLD:
        yield f"and {len(untold) - TOLD} more"
    if line and len(untold) < len(tally.wrong):
        happened = "went wrong" if tally.refusals or tally.drifts else "was missed"
        yield f"what {'else ' if untold else ''}{happened} is told above"
    yield from tally.untold(tally.alarms(), here)
    yield from tally.untold(tally.warnings, here)


def line_of(tally: Tally, mode: str, corpus: str, here: str) -> str:
    """What the run did, in one line; empty if a run inside it was all of it, and has said just that here."""
    line = tally.line(mode=mode, corpus=corpus)
    inner = [said for said, where in tally.inner if where and where == here]
    if not inner:
        return line
    if all(said.endswith(line[line.index(" · ") :]) for said in inner):
        in_all = f"in all: {line}"
    else:  # modes or corpora of their own
        in_all = f"in all: {tally.told}"
    return "" if inner == [line] or in_all in inner else in_all


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
