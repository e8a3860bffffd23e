"""What a value may be: one check a kind, the same for the file, the environment and flags.

A check takes whatever was written and gives the value `Settings` holds, or raises `Unfit`. Light: imported
by every process that records, where neither pydantic nor TOML is.
"""

from __future__ import annotations

from collections.abc import Callable

from agentrec_auto.errors import ConfigError

INSTANT = "instant"
_LONGEST = 60


class Unfit(ValueError):
    """A value that can't be followed: what is wrong with it, and what is expected."""

    def __init__(self, problem: str, expected: str = "") -> None:
        self.problem = problem
        self.expected = expected
        super().__init__(problem)


def told(value: object) -> str:
    """A value as a message shows it: in TOML's words, never long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "(a table)"
    if isinstance(value, list):
        return "(an array)"
    text = str(value)
    if isinstance(value, str):
        text = f"'{value}'" if value.isprintable() and "'" not in value else repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def any_of(words: tuple[str, ...]) -> str:
    """``off, record or replay``."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def choice(name: str, allowed: tuple[str, ...]) -> Callable[[object], str]:
    """One of a few words."""

    def check(value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        raise Unfit(f"unknown {name} {told(value)}", any_of(allowed))

    return check


def text(name: str) -> Callable[[object], str]:
    """A string, the empty one included."""

    def check(value: object) -> str:
        if isinstance(value, str):
            return value
        raise Unfit(f"bad {name} {told(value)}", "a string")

    return check


def string(name: str, expected: str = "a string") -> Callable[[object], str]:
    """A string that says something."""

    def check(value: object) -> str:
        if isinstance(value, str) and value.strip():
            return value
        raise Unfit(f"bad {name} {told(value)}", expected)

    return check


def corpus(value: object) -> str:
    """A folder or a store URL."""
    expected = "a folder, or a store URL such as memory:"
    place = string("corpus", expected)(value)
    if "\0" in place:
        raise Unfit(f"bad corpus {told(place)}", expected)
    from agentrec_auto.store import location  # here and below: whoever names no corpus needs no store

    try:
        location.check_url(place, "corpus")
    except ConfigError as error:
        raise Unfit(error.problem, error.expected) from error
    return place


def url_glob(value: object) -> str:
    """A glob that some URL could match; one that can't would be passed over in silence, for ever."""
    glob = string("glob", "a glob over the whole URL, as in '*/chat/completions'")(value)
    if glob.lower().startswith(("*", "?", "[", "http")):
        return glob
    whole = f"*{glob}" if glob.startswith("/") else f"*{glob.rstrip('*')}*"
    raise Unfit(f"a glob that matches no URL, {told(glob)},", f"one over the whole URL, as in {told(whole)}")


def base_url(value: object) -> str:
    """The URL of a server, or none."""
    expected = "a base URL, as in 'http://localhost:8080/v1'"
    if value == "":
        return ""
    url = string("url", expected)(value)
    if url.startswith(("http://", "https://")) and url.partition("://")[2].strip("/"):
        return url
    raise Unfit(f"bad url {told(value)}", expected)


def threshold(value: object) -> float:
    """A likeness, from 0 to 1."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise Unfit(f"bad threshold {told(value)}", "a number from 0 to 1")


def speed(value: object) -> float:
    """The pace of replay; ``"instant"`` is 0.0."""
    if value == INSTANT:
        return 0.0
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1_000_000:
        return float(value)
    raise Unfit(
        f"bad speed {told(value)}", f"{INSTANT!r}, or a number above 0 (1 as recorded, 10 ten times as fast)"
    )


def truth(name: str) -> Callable[[object], bool]:
    """True or false."""

    def check(value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise Unfit(f"bad {name} {told(value)}", "true or false")

    return check


def placed(corpus: str, folder: str) -> str:
    """A corpus as every process finds it: absolute, a relative one under ``folder``."""
    from agentrec_auto.store import location

    return location.placed(corpus, folder)
