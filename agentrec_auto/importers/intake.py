"""Records into the corpus, exactly as what is recorded: in scope, redacted, keyed, numbered, stored.

An answer that is there is not stored again, whichever file it comes from: the same files imported twice
change nothing. The same request with several answers becomes as many takes, in the order of the file; with
the same answer twice in one file, two takes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from agentrec_auto.capture import CapturedInteraction, Ending
from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.corpus.identity import said_by
from agentrec_auto.corpus.scrubbing import cleaned, scrubbed_under_its_key
from agentrec_auto.errors import AgentrecError, BrokenRecordingError
from agentrec_auto.flow.keeping import is_transient
from agentrec_auto.flow.scope import Scope
from agentrec_auto.flow.tags import Tags
from agentrec_auto.importers.record import Aside, Record, UnreadableError
from agentrec_auto.keying.identity import Identity, Key
from agentrec_auto.providers.summary import understood
from agentrec_auto.store import document
from agentrec_auto.store.base import name_of, split_name

_OF_MIGRATION = re.compile(r"migration__(.+)__to__(.+)")


@dataclass(frozen=True, slots=True)
class Taken:
    """A record and the recording that it is."""

    name: str
    is_new: bool
    """Whether it wasn't there already."""


@dataclass(slots=True)
class _Takes:
    """What there is under one key."""

    names: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    order: int = 0
    """The highest: what comes now was asked later."""


class Intake:
    """Takes records into one corpus. With ``writes`` off, only says what would become of them."""

    def __init__(self, corpus: Corpus, *, category: str | None = None, writes: bool = True) -> None:
        self._corpus = corpus
        self._category = category
        self._writes = writes
        self._scope = Scope(corpus.settings)
        self._tags = Tags(corpus.settings)
        self._takes: dict[str, _Takes] = {}
        self._met: Counter[tuple[str, bytes]] = Counter()
        self._kept: dict[str, bytes] = {}
        self._names: dict[str, str] = {}
        """Of recordings that were called otherwise: before → now."""

    def start_file(self) -> None:
        """What comes now stands in another file: equal answers in it are those of the files before."""
        self._met.clear()

    def take(self, record: Record, **told: Any) -> Taken | Aside:
        """Store a record; ``told`` is metadata. `AgentrecError` says why one can't be."""
        if record.name:
            return self._kept_as_it_is(self._following(record), told)
        request = record.interaction.request
        try:
            concerns = self._scope.concerns(request.method, request.url, lambda: request.content)
        except ValueError as error:
            raise UnreadableError(f"its URL {request.url!r} is none ({error})") from error
        if not concerns:
            return Aside(
                record.position, request.url.split("/", 3)[2] if "://" in request.url else request.url
            )
        answer = record.interaction
        self._scope.follow(request.url, answer.response_status, answer.response_headers)
        self._refuse_failures(answer)
        taken = self._keyed(record, told)
        if isinstance(before := record.interaction.metadata.get("imported_id"), str):
            self._names[before] = taken.name
        return taken

    def _refuse_failures(self, interaction: CapturedInteraction) -> None:
        """What a recorder would not have kept."""
        if self._corpus.settings.failures == "keep":
            return
        why = ""
        if is_transient(interaction.response_status):
            why = f"a failure that passes ({interaction.response_status})"
        elif interaction.ending is Ending.FAILED:
            why = "a stream that ended in an error"
        if why:
            raise UnreadableError(f'{why}: kept only with failures = "keep" in the configuration')

    def _keyed(self, record: Record, told: dict[str, Any]) -> Taken:
        corpus = self._corpus
        redaction = corpus.redactor.open(record.interaction.request)
        clean = redaction.response(replace(record.interaction, request=redaction.request))
        try:
            identity = corpus.identify(clean.request)
        except BrokenRecordingError as error:
            raise UnreadableError(error.why) from error
        takes, answer = self._takes_of(identity.key), _answer(clean)
        self._met[identity.key, answer] += 1
        there = [name for name, known in zip(takes.names, takes.answers, strict=True) if known == answer]
        if len(there) >= self._met[identity.key, answer]:
            return Taken(there[self._met[identity.key, answer] - 1], is_new=False)
        take, takes.order = len(takes.names) + 1, takes.order + 1
        clean.metadata = self._metadata(record, clean, identity, takes.order, told)
        clean = understood(clean, redaction.text)
        name = self._added(identity.key, clean, take) if self._writes else name_of(identity.key, take)
        takes.names.append(name)
        takes.answers.append(answer)
        return Taken(name, is_new=True)

    def _takes_of(self, key: Key) -> _Takes:
        if (takes := self._takes.get(key)) is None:
            there = self._corpus.store.takes(key)
            orders = [one.interaction.metadata.get("order") for one in there]
            takes = self._takes[key] = _Takes(
                [one.name for one in there],
                [_answer(one.interaction) for one in there],
                max([len(there), *(order for order in orders if isinstance(order, int))]),
            )
        return takes

    def _added(self, key: Key, interaction: CapturedInteraction, take: int) -> str:
        store = self._corpus.store
        while (name := store.add(key, interaction, take=take, run="", replace=False)) is None:
            take += 1
        return name

    def _metadata(
        self, record: Record, clean: CapturedInteraction, identity: Identity, order: int, told: dict[str, Any]
    ) -> dict[str, Any]:
        known = cleaned({**clean.metadata, **told}, self._corpus.redactor)
        agent = clean.request.header(b"user-agent")
        tags = {**self._tags.of(clean.request.url), **(known.pop("tags", None) or {})}
        said = {
            "category": self._category or known.pop("category", None) or tags.pop("category", None),
            "order": order,
            "sdk": agent.decode("latin-1") if agent else None,
            "tags": tags or None,
            "imported": True,
            "inferred": list(record.inferred) or None,
            "synthesised": record.synthesised or None,
        }
        return {
            **said_by(identity),
            **{name: value for name, value in said.items() if value is not None},
            **{name: value for name, value in known.items() if value is not None},
        }

    def _following(self, record: Record) -> Record:
        """A migration's answer, which is named after its baseline, under the name that this has now."""
        found = _OF_MIGRATION.fullmatch(record.name)
        if found is None or (now := self._names.get(found[1])) is None:
            return record
        metadata = {**record.interaction.metadata, "migrated_from": now}
        interaction = replace(record.interaction, metadata=metadata)
        return replace(record, name=f"migration__{now}__to__{found[2]}", interaction=interaction)

    def _kept_as_it_is(self, record: Record, told: dict[str, Any]) -> Taken:
        """Ours: under its name, as it stands; redacted, and keyed anew for it, if it holds a secret."""
        store, name = self._corpus.store, record.name
        remade = scrubbed_under_its_key(self._corpus, Held(name, record.interaction))
        if remade.key != split_name(name)[0]:
            return self._keyed(replace(record, interaction=remade.interaction), told)
        if name in store or name in self._kept:
            if not self._is_there(name, remade.interaction):
                raise UnreadableError(f"another recording is there under its name, {name}: it stays")
            return Taken(name, is_new=False)
        self._kept[name] = document.dumps(remade.interaction) if not self._writes else b""
        if self._writes:
            store.rewrite(name, remade.interaction)
        return Taken(name, is_new=True)

    def _is_there(self, name: str, interaction: CapturedInteraction) -> bool:
        try:
            there = self._kept.get(name) or document.dumps(self._corpus.store.load(name))
        except (KeyError, AgentrecError):
            return False
        return there == document.dumps(interaction)


def _answer(interaction: CapturedInteraction) -> bytes:
    """What tells one answer from another."""
    return hashlib.sha256(b"%d\0%b" % (interaction.response_status, interaction.body)).digest()
