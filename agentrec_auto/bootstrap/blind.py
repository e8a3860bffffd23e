"""Pythons that we are kept out of: by a flag or a setting that has PYTHONPATH not read, or ``env -i``.

Loaded at the start of ``agentrec run``, and where a program starts such a Python.
"""

from __future__ import annotations

import os
import sys

from agentrec_auto.bootstrap.hook import INJECT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_ASK_NOTHING = ("pip", "ensurepip", "venv", "virtualenv")
"""Modules that are run with ``-I`` every day, and call no model: nothing is said of them."""

CURE = "; `agentrec hook install` adds a start-up file that is run all the same"
"""Put behind what is said, unless it is ``-S`` that keeps us out: that stops start-up files, too."""

_CLEARING = ("-", "-i", "--ignore-environment")
_UNSETTING = ("-u", "--unset")
_KEEPING = ("$PYTHONPATH", "${PYTHONPATH", INJECT)
_told: set[str] = set()


def kept_out(command: Sequence[str]) -> str:
    """What to say of ``command``, if it keeps us out; else empty."""
    start = after_env(command)
    if any(word in _CLEARING for word in command[1:start]) and _is_python(command[start : start + 1]):
        shown = _shown(command[: start + 1])
        return f"`{shown}` clears the environment, and us with it: nothing is intercepted there"
    if not _is_python(command[start : start + 1]):
        return ""
    if sets_us_aside(command[:start]) and not has_start_up_file(command[start]):
        shown = _shown(command[: start + 1])
        return f"`{shown}` puts another PYTHONPATH in place of ours: nothing is intercepted there{CURE}"
    flag, module, prints = _read(command[start + 1 :])
    if not flag or module in _ASK_NOTHING or prints:
        return ""
    shown = _shown([*command[: start + 1], flag])
    cure = CURE
    if "S" in flag:
        cure = ""
    elif has_start_up_file(command[start]):
        return ""
    return f"`{shown}` passes our sitecustomize by: nothing is intercepted there{cure}"


def is_awaited(command: Sequence[str]) -> bool:
    """Whether ``command`` is a Python that is to load us: not one that is asked for its version, for nothing
    that could ask a model, or to be left alone."""
    start = after_env(command)
    if not _is_python(command[start : start + 1]):
        return False
    if any(word.startswith("AGENTREC_MODE=") for word in command[:start]):
        return False
    _, module, prints = _read(command[start + 1 :])
    return module not in _ASK_NOTHING and not prints


def tell(words: Sequence[str]) -> None:
    """Say it of a child, at once and in the summary; of several such children, of the first."""
    text = kept_out(words)
    if not text or _told:
        return
    _told.add(text)
    from agentrec_auto.flow import active, ledger

    ledger.warn_once(active.ledger, text)


def after_env(command: Sequence[str]) -> int:
    """Where the command itself begins, behind ``env`` with its options, and settings (``A=b``)."""
    first = 1 if os.path.basename(command[0]) == "env" else 0
    for number, word in enumerate(command):
        of_env = first and (word.startswith("-") or command[number - 1] in _UNSETTING)
        if number >= first and not of_env and "=" not in word:
            return number
    return len(command)


def sets_us_aside(words: Sequence[str]) -> bool:
    """Whether these settings unset PYTHONPATH or replace it (``PYTHONPATH=src``), and not just add to it
    (``PYTHONPATH=src:$PYTHONPATH``)."""
    for number, word in enumerate(words):
        if word.startswith("PYTHONPATH=") and not any(kept in word for kept in _KEEPING):
            return True
        if word == "--unset=PYTHONPATH" or (word == "PYTHONPATH" and words[number - 1] in _UNSETTING):
            return True
    return False


def _is_python(words: Sequence[str]) -> bool:
    return bool(words) and os.path.basename(words[0]).startswith("python")


def _shown(words: Sequence[str]) -> str:
    """Words as they may be shown: a setting may hold a key."""
    told = (word.partition("=") for word in words)
    return " ".join(
        f"{name}=…" if sign and name != "PYTHONPATH" else name + sign + value for name, sign, value in told
    )


def _read(words: Sequence[str]) -> tuple[str, str, bool]:
    """Of the words behind ``python``: the flag that keeps us out, and the module that is run, each empty if
    there is none; and whether Python is to print its version or its help, and do nothing else."""
    keeping_out, rest = "", list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word.startswith("--"):
            return keeping_out, "", word.startswith(("--version", "--help"))
        letters = word[1:]
        for place, letter in enumerate(letters):
            if letter in "Vh?":
                return keeping_out, "", True
            if letter in "EIS":
                keeping_out = keeping_out or word
            if letter in "cmWX":  # takes a value, in the same word or the next
                value = letters[place + 1 :] or (rest.pop(0) if rest else "")
                if letter in "cm":
                    return keeping_out, value if letter == "m" else "", False
                break
    return keeping_out, "", False


def has_start_up_file(python: str = "") -> bool:
    """Whether ``agentrec hook install`` was done for ``python``; False where it isn't of our own environment,
    the only one in which we can look."""
    folder = os.path.dirname(python)
    if folder and folder != os.path.dirname(sys.executable):
        return False
    from _frozen_importlib_external import PathFinder

    return PathFinder.find_spec("_agentrec_auto_hook") is not None
