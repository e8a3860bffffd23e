"""A corpus opened for people: its recordings by name, what can't be read named and passed over."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from agentrec_auto.bootstrap.summary import shown
from agentrec_auto.capture import CapturedInteraction, CapturedRequest
from agentrec_auto.corpus.nested import nested, told
from agentrec_auto.errors import BrokenRecordingError, NoSuchRecordingError, StoreError
from agentrec_auto.keying.identity import Identity, Keyer
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import Settings
from agentrec_auto.store.base import Store
from agentrec_auto.store.location import open_store, path_of

_TOLD = 8
"""How many candidates are named where a name is not clear."""


@dataclass(frozen=True, slots=True)
class Held:
    """A recording and its name."""

    name: str
    interaction: CapturedInteraction


@dataclass(frozen=True, slots=True)
class Broken:
    """A recording that can't be read."""

    name: str
    why: str


class Corpus:
    """A store, under the settings that hold for it."""

    def __init__(self, store: Store, settings: Settings, environ: Mapping[str, str]) -> None:
        self.store = store
        self.settings = settings
        self.where = shown(store.where)
        self.keyer = Keyer(settings.key_rules)
        self._environ = environ

    @cached_property
    def redactor(self) -> Redactor:
        """What takes secrets out under the present settings."""
        return Redactor(self.settings.redact, self._environ)

    def identify(self, request: CapturedRequest) -> Identity:
        """Who a request in its stored form is; `BrokenRecordingError` for one made to be unreadable."""
        try:
            return self.keyer.identify(request)
        except RecursionError:
            raise BrokenRecordingError(request.url, "its body is nested too deeply") from None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names, newest first as far as the store knows, as they were when first asked for."""
        return tuple(self.store.names())

    def read(self, names: Iterable[str] | None = None) -> Iterator[Held | Broken]:
        """The recordings of these names (default: all); one removed meanwhile is left out."""
        for name in self.names if names is None else names:
            try:
                yield Held(name, self.store.load(name))
            except KeyError:  # noqa: PERF203
                continue
            except BrokenRecordingError as error:
                yield Broken(name, error.why)

    def load(self, word: str) -> Held:
        """The recording that ``word`` means; `BrokenRecordingError` where it can't be read."""
        name = self.find(word)
        try:
            return Held(name, self.store.load(name))
        except KeyError:
            raise NoSuchRecordingError(word, self.where) from None

    def find(self, word: str) -> str:
        """The name that ``word`` means.

        A whole name, the beginning of one, or of its last part, the digest: as far as it is meant for one
        recording only, or for the takes of one key, of which it is the first. Raises `NoSuchRecordingError`.
        """
        asked = word.removesuffix(".json")
        if asked in self.names:
            return asked
        found = [name for name in self.names if asked and name.startswith(asked)]
        found = found or [name for name in self.names if asked and digest_of(name).startswith(asked)]
        firsts = [name for name in found if not any(name.startswith(f"{other}.take") for other in found)]
        if len(firsts) != 1:
            raise NoSuchRecordingError(word, self.where, sorted(firsts)[:_TOLD], len(firsts))
        return firsts[0]


def digest_of(name: str) -> str:
    """The last part of a name, by which people tell recordings apart: ``5dde0f9fe3faeee4.take2``."""
    return name.rpartition("_")[2]


def opened(settings: Settings, environ: Mapping[str, str]) -> Corpus:
    """The corpus that the settings name; `StoreError` where there is none, or nothing in it."""
    corpus = Corpus(open_store(settings.corpus), settings, environ)
    if next(corpus.store.unsorted_names(), None) is None:
        path = path_of(settings.corpus)
        if path is not None and not os.path.exists(path):
            problem = f"there is no corpus {corpus.where!r}"
        else:
            problem = f"nothing is recorded in {corpus.where!r}"
            if below := nested(settings.corpus):
                raise StoreError(f"{problem} itself, but in {told(below)}: name one with --corpus")
        raise StoreError(f"{problem}: record with `agentrec run -- CMD`, or name another with --corpus")
    return corpus
