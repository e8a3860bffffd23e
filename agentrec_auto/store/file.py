"""A folder of readable JSON, one interaction a file: ``<folder>/<key>[.take<n>].json``.

How it keeps its promises:

* A file is written whole under a name nobody else uses, then linked to its own (``link`` fails if the
  name is taken: the first writer wins) or, where it replaces another, renamed over it under a lock.
  A process killed at any moment leaves a complete file or none; left-over temporary files begin with a
  dot and are passed over.
* A file is found by opening its name: no index, no listing, so a look-up costs the same in a folder of a
  million.
* A file that can't be read is named once, on stderr and in the ledger, and passed over.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from time import monotonic, sleep
from typing import Any

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import BrokenRecordingError, StoreBusyError, StoreError
from agentrec_auto.gathering import gathered
from agentrec_auto.interrupts import let_through
from agentrec_auto.keying.identity import Key
from agentrec_auto.store import document, long
from agentrec_auto.store.base import Recording, Store, in_asked_order, name_of, split_name

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_SUFFIX = ".json"
_SECRETS = ".agentrec-keys"
_LOCK = ".agentrec-lock"
_LOOK_AGAIN_S = 0.005
_WRITTEN_AT_ONCE = 1 << 18
_READ_AT_ONCE = 1 << 15
_HEAD = 16384
"""Bytes at the beginning of a file that hold its summary and its metadata."""

_READS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""Nobody is waited for, where a file is a pipe or leads to a terminal."""


class FolderStore(Store):
    """Interactions in a folder, which is made at the first `add`."""

    def __init__(self, folder: str, *, warn: Callable[[str], None] = lambda text: None) -> None:
        self.where = folder
        self._warn = warn
        self._temporary = count()
        self._noted: frozenset[str] = frozenset()
        self.unread: set[str] = set()

    def takes(self, key: Key) -> Sequence[Recording]:
        found = []
        for take in count(1):
            name = name_of(key, take)
            try:
                found.append(Recording(name, self.load(name)))
            except KeyError:
                break
            except BrokenRecordingError as error:
                self.unread.add(name)
                self._warn(str(error))
                if not os.path.lexists(self._path(name)):  # on a disk that fails, nothing ends the takes
                    break
        return in_asked_order(found) if len(found) > 1 else found

    def only(self, key: Key) -> Recording | None:
        if os.access(self._path(name_of(key, 2)), os.F_OK):
            return None
        try:
            data, path = self._file(key, at_most=long.LONG)
            told = document.answer(data, path) if data else long.interaction_in(path)
        except (KeyError, BrokenRecordingError):
            return None
        return None if told is None else Recording(key, told)

    def add(
        self, key: Key, interaction: CapturedInteraction, *, take: int, run: str, replace: bool
    ) -> str | None:
        temporary = self._beside()
        try:
            self._write(temporary, document.pieces(interaction))
            while True:
                name = name_of(key, take)
                if self._link(temporary, self._path(name)):
                    return name
                if self._run_of(name) == run:
                    return None
                if replace:
                    return name if self._replace(temporary, key, take, run) else None
                take += 1
        finally:
            _remove_if_there(temporary)

    def rewrite(self, name: str, interaction: CapturedInteraction) -> None:
        temporary = self._beside()
        try:
            self._write(temporary, document.pieces(interaction))
            os.replace(temporary, self._path(name))
        finally:
            _remove_if_there(temporary)

    def remove(self, name: str) -> None:
        key, take = split_name(name)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path(name))
        with contextlib.suppress(FileNotFoundError):
            for later in count(take + 1):
                os.replace(self._path(name_of(key, later)), self._path(name_of(key, later - 1)))

    def names(self, prefix: str = "") -> Iterator[str]:
        found = [(_modified(entry), entry.name) for entry in self._entries(prefix)]
        for _, name in sorted(found, reverse=True):
            yield name[: -len(_SUFFIX)]

    def unsorted_names(self) -> Iterator[str]:
        return (entry.name[: -len(_SUFFIX)] for entry in self._entries())

    def _entries(self, prefix: str = "") -> Iterator[os.DirEntry[str]]:
        """The files of recordings."""
        try:
            with os.scandir(self.where) as entries:
                for entry in entries:
                    name = entry.name
                    if name.endswith(_SUFFIX) and name.startswith(prefix) and name[0] != ".":
                        yield entry
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"can't list the corpus {self.where}: {error.strerror}") from error

    def load(self, name: str) -> CapturedInteraction:
        return document.loads(*self._file(name))

    def load_in_one(self, name: str) -> CapturedInteraction:
        return document.loads(*self._file(name), in_one=True)

    def _file(self, name: str, *, at_most: int | None = None) -> tuple[bytes, str]:
        """A file's bytes, none if they are more than ``at_most``, and its path; errors as of `load`."""
        path = self._path(name)
        try:
            data = _read(path, at_most)
        except FileNotFoundError:
            raise KeyError(name) from None
        except NotADirectoryError as error:
            told = (
                f"the corpus {self.where} is no folder: {error.strerror}; name another with AGENTREC_CORPUS"
            )
            raise StoreError(told) from error
        except OSError as error:
            let_through(error)
            why = error.strerror or type(error).__name__
            # It may be no fault of the file: a folder that is closed to us, or a process full of open files.
            if error.errno in (errno.EMFILE, errno.ENFILE):
                cure = "let the app open more files (`ulimit -n`)"
                raise StoreError(f"can't read the corpus {self.where}: {why}; {cure}") from error
            if not os.access(self.where, os.X_OK):
                raise StoreError(f"can't read the corpus {self.where}: {why}; make it readable") from error
            raise BrokenRecordingError(path, why) from error
        return data, path

    def metadata(self, name: str) -> dict[str, Any]:
        try:
            descriptor = os.open(self._path(name), _READS)
            try:
                found = document.metadata(os.read(descriptor, _HEAD))
            finally:
                os.close(descriptor)
        except OSError as error:  # `load` says what is the matter
            let_through(error)
            found = None
        return self.load(name).metadata if found is None else found

    def note_secrets(self, names: Sequence[str]) -> None:
        fresh = frozenset(names) - self._noted
        if not fresh:
            return
        path = os.path.join(self.where, _SECRETS)
        with contextlib.suppress(FileNotFoundError):
            self._noted |= frozenset(_read(path).decode("utf-8", "replace").split())
        if fresh := fresh - self._noted:
            os.makedirs(self.where, exist_ok=True)
            with open(path, "a", encoding="utf-8") as file:
                file.write("".join(f"{name}\n" for name in sorted(fresh)))
            self._noted |= fresh

    def noted_secrets(self) -> Sequence[str]:
        try:
            return _read(os.path.join(self.where, _SECRETS)).decode("utf-8", "replace").split()
        except OSError:
            return ()

    def __contains__(self, name: object) -> bool:
        try:
            return os.path.lexists(self._path(str(name)))
        except KeyError:
            return False

    def _path(self, name: str) -> str:
        if name[:1] in ("", ".") or "/" in name or os.sep in name or "\0" in name:
            raise KeyError(name)
        return os.path.join(self.where, name + _SUFFIX)

    def _beside(self) -> str:
        """A path that nobody else uses: process, count, and chance for forks."""
        return os.path.join(self.where, f".{os.getpid()}-{next(self._temporary)}-{os.urandom(4).hex()}.tmp")

    def _write(self, temporary: str, pieces: Iterator[bytes]) -> None:
        """Write a complete file; whoever wants it removes what is there of it if this fails."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(temporary, flags, 0o644)
        except FileNotFoundError:
            os.makedirs(self.where, exist_ok=True)
            descriptor = os.open(temporary, flags, 0o644)
        try:
            for data in gathered(pieces, _WRITTEN_AT_ONCE):
                view = memoryview(data)
                while view:
                    view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)

    def _link(self, temporary: str, path: str) -> bool:
        """Give the file its name unless that is taken; on file systems without links, under the lock."""
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except (OSError, AttributeError) as error:
            let_through(error)
            with self._locked():
                if os.path.lexists(path):
                    return False
                os.replace(temporary, path)
        return True

    def _replace(self, temporary: str, key: str, take: int, run: str) -> bool:
        """Put the file in the place of an earlier run's take, unless this run has got there meanwhile."""
        with self._locked():
            if self._run_of(name_of(key, take)) == run:
                return False
            os.replace(temporary, self._path(name_of(key, take)))
            for later in count(take + 1):
                path = self._path(name_of(key, later))
                if not os.path.exists(path) or self._run_of(name_of(key, later)) == run:
                    return True
                os.unlink(path)
        return True

    def _run_of(self, name: str) -> str | None:
        """The run that recorded a take; None where it can't be told (broken, gone, made by hand)."""
        try:
            run = self.metadata(name).get("run")
        except (KeyError, BrokenRecordingError):
            return None
        return run if isinstance(run, str) else None

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among all processes that replace takes here; the system lets go of it if we are killed.

        Where nothing can be locked (Windows, some network file systems), two runs that replace the same take
        at once may both write it.
        """
        descriptor = self._lock()
        try:
            yield
        finally:
            if descriptor is not None:
                # Closing it is not enough: a child forked meanwhile has it open, too, as long as it lives.
                fcntl.flock(descriptor, fcntl.LOCK_UN)
                os.close(descriptor)

    def _lock(self) -> int | None:
        """The descriptor that holds the lock; ``None`` where nothing can be locked."""
        if fcntl is None:
            return None
        # The folder itself leaves nothing behind for git to find, but NFS locks only what can be written.
        writable = os.path.join(self.where, _LOCK), os.O_RDWR | os.O_CREAT
        for path, flags in ((self.where, os.O_RDONLY), writable):
            descriptor = os.open(path, flags, 0o644)
            try:
                if _is_locked_by_now(descriptor, self.patience_s):
                    return descriptor
            except OSError as error:
                os.close(descriptor)
                let_through(error)
                continue
            os.close(descriptor)
            raise StoreBusyError(f"the corpus {self.where} is in use: another process holds its lock")
        return None


def _is_locked_by_now(descriptor: int, patience_s: float) -> bool:
    """Lock a file; False if somebody has held it for so long, who may have been stopped in the midst."""
    deadline = monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # noqa: PERF203
            if monotonic() > deadline:
                return False
            sleep(_LOOK_AGAIN_S)
        else:
            return True


def _remove_if_there(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as error:  # in no folder any more
        let_through(error)


def _modified(entry: os.DirEntry[str]) -> int:
    """When a file was written; the earliest for one that was removed since it was listed."""
    try:
        return entry.stat().st_mtime_ns
    except OSError:
        return 0


def _read(path: str, at_most: int | None = None) -> bytes:
    descriptor = os.open(path, _READS)
    try:
        data = os.read(descriptor, _READ_AT_ONCE)
        if len(data) == _READ_AT_ONCE:
            there = os.fstat(descriptor)
            if not stat.S_ISREG(there.st_mode):  # a link to /dev/zero has no end
                raise OSError(errno.EINVAL, "Not a regular file")
            if at_most is not None and there.st_size > at_most:
                return b""
        pieces = [data]
        while piece := os.read(descriptor, _READ_AT_ONCE if len(pieces) == 1 else 1 << 20):
            pieces.append(piece)
        return data if len(pieces) == 1 else b"".join(pieces)
    finally:
        os.close(descriptor)
