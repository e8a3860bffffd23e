"""The options of ``agentrec run``: one table, read by the launcher and shown by ``--help``.

Parsed here because the launcher is paid for at every start of the user's command: getopt alone (by
gettext and re) costs half as much as a bare interpreter.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class UsageError(ValueError):
    """``agentrec run`` was asked wrongly."""


class Option:
    """A flag, what its value is called (empty: it takes none), and what ``--help`` says."""

    def __init__(self, name: str, metavar: str, help: str) -> None:
        self.name = name
        self.flag = "--" + name.replace("_", "-")
        self.metavar = metavar
        self.help = help


OPTIONS = (
    Option("mode", "MODE", "auto (the default: replay what is recorded, record the rest), record, replay, "
                           "refresh, verify or off."),
    Option("corpus", "DIR", "Where recordings lie (default: corpus)."),
    Option("config", "FILE", "The config file (default: the nearest agentrec.toml, or [tool.agentrec])."),
    Option("on_miss", "POLICY",
           "What replay does with a call nobody recorded: fail (the default), live or record."),
    Option("tag", "NAME=VALUE", "Put on everything recorded in this run; may be given again."),
    Option("speed", "PACE", "Pace of replay: instant (default), 1 as recorded, 10 ten times as fast."),
    Option("no_follow", "", "Leave alone children that are started with an environment of their own."),
    Option("exec", "", "Become the command (same process id) instead of waiting for it: no summary."),
)  # fmt: skip

Given = dict[str, list[str]]
"""Name of an option → its values, in order; ``[""]`` for one that takes none."""


class HelpAsked(Exception):
    """``--help`` was given: for the command line, which is above us, to show."""


def parse(words: Sequence[str]) -> tuple[Given, list[str]]:
    """The options before the command, and the command; everything after its first word is its own."""
    flags = {option.flag: option for option in OPTIONS}
    given: Given = {}
    rest = list(words)
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if word == "--":
            break
        flag, equals, value = word.partition("=")
        option = flags.get(flag)
        if word == "--help":
            raise HelpAsked
        if option is None:
            raise UsageError(f"unknown option {flag!r} of run: expected {', '.join(flags)}, or -- CMD")
        if not option.metavar and equals:
            raise UsageError(f"{flag} takes no value, but was given {value!r}")
        if option.metavar and not equals:
            if not rest:
                raise UsageError(f"{flag} needs a value: {flag} {option.metavar}")
            value = rest.pop(0)
        given.setdefault(option.name, []).append(value)
    if not rest:
        raise UsageError("no command to run: expected agentrec run [OPTIONS] -- CMD")
    return given, rest
