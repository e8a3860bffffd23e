"""Under which names the recordings of a request stand.

A request is kept under its **id**: what the program says, or its cassette id. Several requests may share an
id: the same question streamed and not, with another query, or whatever the program gives one id. So

* the id's name holds the takes of the request that was first there;
* another kind of request with the same id has a name of its own: the key that patched libraries use or,
  under an id that the program gave, the id with ``.stream`` or ``.plain`` behind it.

Looking goes by the same order, and beyond: recordings that ``agentrec run`` made of a request answer it, and
those of the ``agentrec`` library.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.canonical import parsed
from agentrec_auto.keying.identity import KEY_VERSION, Key
from agentrec_auto.providers.shapes import is_streamed
from agentrec_auto.store.base import Recording, Store, name_of, split_name


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one request's recordings."""

    id: str
    shared: tuple[str, ...]
    """Names that other kinds of requests may have taken: the id's, and older spellings of it."""

    own: str
    """The name that only this kind of request has."""

    key: Key
    """The key that patched libraries would use."""

    stream: bool
    is_given: bool
    """Whether the program gave the id."""

    @property
    def counted(self) -> Key:
        """What requests must share to be takes of one another."""
        return Key(self.own)

    @property
    def all(self) -> tuple[str, ...]:
        """Every name to look under, in order."""
        return tuple(dict.fromkeys((*self.shared, self.own)))

    def answers(self, interaction: CapturedInteraction) -> bool:
        """Whether what is kept under a shared name is an answer to this kind of request."""
        metadata = interaction.metadata
        if self.is_given:
            return bool(metadata.get("stream", self.stream) == self.stream)
        if metadata.get("key_version") == KEY_VERSION and "key" in metadata:
            return bool(metadata["key"] == self.key)
        # Made by hand or by another version. The body tells, if it is a question at all.
        document = parsed(interaction.request.content)
        if not isinstance(document, dict) or not document:
            return True
        return is_streamed(urlsplit(interaction.request.url).path, document) == self.stream


class NamedStore(Store):
    """A store seen by the keys of requests, whose names are told to it first (`expect`).

    Takes are numbered here, as they are stored, so that programs may discard recordings meanwhile.
    """

    def __init__(self, store: Store) -> None:
        self.where = store.where
        self._store = store
        self._names: dict[Key, Names] = {}
        self._added: dict[str, int] = {}
        self._lock = threading.Lock()

    def expect(self, names: Names) -> None:
        """A request of these names is about to be asked for, or kept."""
        self._names[names.counted] = names

    def after_fork(self) -> None:
        """In a forked child: a lock of its own."""
        self._lock = threading.Lock()

    def takes(self, key: Key) -> Sequence[Recording]:
        names = self._names[key]
        for name in names.all:
            found = self._store.takes(Key(name))
            if name != names.own:
                found = [recording for recording in found if names.answers(recording.interaction)]
            if found:
                return found
        return []

    def add(
        self, key: Key, interaction: CapturedInteraction, *, take: int, run: str, replace: bool
    ) -> str | None:
        names = self._names[key]
        with self._lock:
            for name in dict.fromkeys((names.shared[0], names.own)):
                if name != names.own and not self._is_open_to(names, name):
                    continue
                number = self._added.get(name, 0)
                if number and name_of(name, number) not in self._store:
                    number = 0  # discarded meanwhile
                stored = self._store.add(Key(name), interaction, take=number + 1, run=run, replace=replace)
                if stored is not None:
                    self._added[name] = split_name(stored)[1]
                    return stored
        return None

    def rewrite(self, name: str, interaction: CapturedInteraction) -> None:
        self._store.rewrite(name, interaction)

    def remove(self, name: str) -> None:
        self._store.remove(name)

    def names(self, prefix: str = "") -> Iterator[str]:
        return self._store.names(prefix)

    def load(self, name: str) -> CapturedInteraction:
        return self._store.load(name)

    def note_secrets(self, names: Sequence[str]) -> None:
        """Not noted: no start-up prepares the replay of an explicit transport."""

    def _is_open_to(self, names: Names, name: str) -> bool:
        """Whether a shared name is free, or this kind of request's."""
        try:
            return names.answers(self._store.load(name))
        except KeyError:
            return True
        except BrokenRecordingError:
            return False
