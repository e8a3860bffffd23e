"""Scripts that keep us out of the Python they start: by their first line, or by a PYTHONPATH of their own.

Loaded if the command of ``agentrec run`` isn't a Python. Scripts that a script calls are not looked into.
"""

from __future__ import annotations

import os

from agentrec_auto.bootstrap import blind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_SHELLS = ("sh", "bash", "dash", "ash", "ksh", "zsh")
_MOST = 65_536
"""Bytes that are read of a script: it sets its variables before it starts anything."""


def kept_out(command: Sequence[str], path: str) -> str:
    """What to say of ``command``, looked up on ``path``, if it keeps us out; else empty."""
    words = command[blind.after_env(command) :]
    if not words:
        return ""
    if _is_shell(words):
        return _of_shell(words)
    file = _found(words[0], path)
    text = _read(file)
    if not text.startswith("#!"):
        return ""
    interpreter = text.splitlines()[0][2:].split()
    if _is_shell(interpreter):
        return _of_text(text, file)
    told = blind.kept_out([*interpreter, file]) if interpreter else ""
    return f"{file}: {told}" if told else ""


def _of_shell(command: Sequence[str]) -> str:
    """What to say of the script that a shell is given, as text (``-c``) or as a file."""
    rest = list(command[1:])
    while rest and rest[0][:1] in ("-", "+"):
        word = rest.pop(0)
        if word[1:2] != "-" and "c" in word:
            return _of_text(rest[0], "sh -c") if rest else ""
        if word[-1] in "oO" and word[1:2] != "-":
            rest[:1] = []
    return _of_text(_read(rest[0]), rest[0]) if rest else ""


def _of_text(text: str, place: str) -> str:
    """What to say of a shell script: of the first of its lines that keeps us out."""
    for number, line in enumerate(text.splitlines(), 1):
        for part in line.replace("&&", ";").split(";"):
            words = part.split()
            while words and words[0] in ("exec", "export"):
                del words[0]
            if not words or words[0].startswith("#"):
                continue
            told = _of_setting(words) or blind.kept_out(words)
            if told:
                return f"{place}, line {number}: {told}"
    return ""


def _of_setting(words: Sequence[str]) -> str:
    """What to say of a line of nothing but settings, which hold for all that is started after it."""
    unset = words[0] == "unset" and "PYTHONPATH" in words
    if not unset and (not all("=" in word for word in words) or not blind.sets_us_aside(words)):
        return ""
    if blind.has_start_up_file():
        return ""
    return (
        f"`{' '.join(words)}` takes our PYTHONPATH away: nothing is intercepted in what is started "
        f"after it{blind.CURE}"
    )


def _is_shell(words: Sequence[str]) -> bool:
    """Whether these words start a shell, perhaps by way of ``env``."""
    names = [os.path.basename(word) for word in words[:2]]
    return bool(names) and (names[0] in _SHELLS or (names[0] == "env" and names[-1] in _SHELLS))


def _found(word: str, path: str) -> str:
    """The file that a command is."""
    if os.sep in word:
        return word
    return next(
        (file for folder in path.split(os.pathsep) if os.path.isfile(file := os.path.join(folder, word))),
        word,
    )


def _read(file: str) -> str:
    """The beginning of a script; empty for a program."""
    try:
        with open(file, "rb") as script:
            head = script.read(256)
            if b"\0" in head:
                return ""
            return (head + script.read(_MOST - len(head))).decode("utf-8", "replace")
    except OSError:
        return ""
