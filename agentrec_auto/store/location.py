"""From what names a corpus to its store.

    corpus/   /data/corpus   C:\\corpus   file:corpus   file:///data/corpus    a folder
    sqlite:///corpus.db      sqlite:////data/corpus.db     one file, relative and absolute
    memory:                                                this process only

Other schemes are looked up among the entry points of the group ``agentrec_auto.stores``: the one called like
the scheme gives a callable that takes the URL and returns a `Store`.
"""

from __future__ import annotations

import os

from agentrec_auto.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:  # naming a place loads none of the stores, and at start-up nothing else
    from collections.abc import Callable
    from importlib.metadata import EntryPoints

    from agentrec_auto.store.base import Store

GROUP = "agentrec_auto.stores"
"""The group of entry points for stores of others, by URL scheme."""

EXPECTED = "a folder, sqlite:///FILE, memory:, or a scheme that an installed package brings"

_SQLITE = "sqlite:///"

_OURS = ("", "file", "sqlite", "memory")
"""The schemes that need no other package; empty for a folder."""


def scheme_of(location: str) -> str:
    """The scheme of a store URL, lower case; empty for a folder.

    A scheme has two letters at least: ``C:\\corpus`` is a folder.
    """
    scheme, colon, _ = location.partition(":")
    is_one = colon and len(scheme) > 1 and scheme.isascii() and scheme.replace("+", "").isalnum()
    return scheme.lower() if is_one else ""


def placed(location: str, base: str) -> str:
    """The location as every process finds it: what is relative is taken to be under the folder ``base``."""
    match scheme_of(location):
        case "":
            return _absolute(location, base)
        case "sqlite":
            return _SQLITE + _absolute(_sqlite_path(location), base)
        case "file":
            return _absolute(_file_path(location), base)
    return location


def path_of(location: str) -> str | None:
    """The folder or file that a location names; None where it is neither."""
    match scheme_of(location):
        case "":
            return os.path.expanduser(location)
        case "sqlite":
            return _sqlite_path(location)
        case "file":
            return _file_path(location)
    return None


def check(location: str, said_by: str) -> None:
    """Raise `ConfigError` where no store can be at ``location``, which ``said_by`` named.

    To be told before a command starts: afterwards it would run unrecorded. Makes and opens nothing.
    """
    check_url(location, said_by)
    scheme, path = scheme_of(location), path_of(location)
    if scheme in ("", "file") and path and os.path.exists(path) and not os.path.isdir(path):
        raise ConfigError(
            f"bad corpus {path!r} (a file)", where=said_by, expected=f"a folder, or {_SQLITE}FILE"
        )
    if scheme == "sqlite" and path and os.path.isdir(path):
        raise ConfigError(f"bad corpus {location!r} (a folder)", where=said_by, expected=f"{_SQLITE}FILE")


def check_url(location: str, said_by: str) -> None:
    """The same, of what can be told wherever a relative path may lead."""
    path_of(location)
    if (scheme := scheme_of(location)) not in _OURS and not _points(scheme):
        raise ConfigError(f"unknown store {scheme!r}", where=said_by, expected=EXPECTED)


def open_store(location: str | os.PathLike[str], *, warn: Callable[[str], None] = lambda text: None) -> Store:
    """The store at ``location``. ``warn`` is told, in a sentence, of recordings that can't be read.

    Raises `ConfigError` for a URL that no store answers to. Nothing is made or opened yet.
    """
    where = os.fspath(location)
    match scheme_of(where):
        case "memory":
            from agentrec_auto.store.memory import MemoryStore

            return MemoryStore()
        case "sqlite":
            from agentrec_auto.store.sqlite import SQLiteStore

            return SQLiteStore(_sqlite_path(where), warn=warn)
        case "" | "file":
            from agentrec_auto.store.file import FolderStore

            return FolderStore(path_of(where) or where, warn=warn)
        case scheme:
            return _of_others(scheme, where)


def _of_others(scheme: str, where: str) -> Store:
    for point in _points(scheme):
        store: Store = point.load()(where)
        return store
    raise ConfigError(f"unknown store {scheme!r}", where=f"corpus {where!r}", expected=EXPECTED)


def _points(scheme: str) -> EntryPoints:
    from importlib.metadata import entry_points  # here: 20 ms, and no store of ours needs it

    return entry_points(group=GROUP, name=scheme)


def _sqlite_path(location: str) -> str:
    rest = location[len("sqlite:") :]
    if not rest.startswith("///") or len(rest) == 3:
        raise ConfigError(
            f"bad store URL {location!r}",
            where=f"corpus {location!r}",
            expected="sqlite:///relative.db or sqlite:////absolute.db",
        )
    return os.path.expanduser(rest[3:])


def _file_path(location: str) -> str:
    rest = location[len("file:") :]
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if not slash or host not in ("", "localhost"):
            raise ConfigError(
                f"bad store URL {location!r}",
                where=f"corpus {location!r}",
                expected="file:relative or file:///absolute",
            )
        rest = slash + path
    if "%" in rest:
        from urllib.parse import unquote

        rest = unquote(rest)
    return os.path.expanduser(rest) or "."


def _absolute(path: str, base: str) -> str:
    return os.path.abspath(os.path.join(base, os.path.expanduser(path)))
