"""A recording without its secrets, under the settings that hold now: ``agentrec scrub``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.corpus.changing import Remade
from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.corpus.identity import Standing, said_by, standing
from agentrec_auto.providers.summary import understood
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.store.base import split_name


def scrubbed(interaction: CapturedInteraction, redactor: Redactor) -> CapturedInteraction:
    """The interaction without its secrets, bodies decoded; the same object if it has none.

    Raises `UndecodableBodyError`.
    """
    redaction = redactor.open(interaction.request)
    clean = redaction.response(replace(interaction, request=redaction.request))
    clean.metadata = cleaned(clean.metadata, redactor)
    return interaction if clean == interaction else clean


def scrubbed_under_its_key(corpus: Corpus, held: Held) -> Remade:
    """The recording without its secrets, and under the key that it has then.

    One whose request held none stays where it is, as does one whose name is no key.
    """
    key = split_name(held.name)[0]
    clean = scrubbed(held.interaction, corpus.redactor)
    if clean is held.interaction:
        return Remade(clean, key)
    is_given = standing(held, corpus.identify(held.interaction.request)) is Standing.GIVEN
    if clean.request != held.interaction.request and not is_given:
        identity = corpus.identify(clean.request)
        clean.metadata.update(said_by(identity))
        key = identity.key
    return Remade(understood(clean, corpus.redactor.text), key, "it holds what is to be redacted")


def cleaned(value: Any, redactor: Redactor) -> Any:
    """Metadata with its texts redacted: a call site, a tag or an SDK's name may hold anything."""
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, dict):
        return {name: cleaned(member, redactor) for name, member in value.items()}
    if isinstance(value, list):
        return [cleaned(member, redactor) for member in value]
    return value
