"""A recording without its secrets, under the settings that hold now: ``agentrec scrub``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.corpus.changing import Remade
from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.corpus.identity import Standing, said_by, standing
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.store.base import split_name


def scrubbed(interaction: CapturedInteraction, redactor: Redactor) -> CapturedInteraction:
    """The interaction without its secrets, bodies decoded; the same object if it has none.

    Raises `UndecodableBodyError`.
    """
    redaction = redactor.open(interaction.request)
    clean = redaction.response(replace(interaction, request=redaction.request))
    clean.metadata = _cleaned(clean.metadata, redactor)
    return interaction if clean == interaction else clean


def scrubbed_under_its_key(corpus: Corpus, held: Held) -> Remade:
    """The recording without its secrets, and under the key that it has then.

    One whose request held none stays where it is, as does one whose name is no key.
    """
    key = split_name(held.name)[0]
    clean = scrubbed(held.interaction, corpus.redactor)
    if clean.request == held.interaction.request:
        return Remade(clean, key)
    identity = corpus.identify(clean.request)
    if standing(held, corpus.identify(held.interaction.request)) is Standing.GIVEN:
        return Remade(clean, key)
    return Remade(replace(clean, metadata={**clean.metadata, **said_by(identity)}), identity.key)


def _cleaned(value: Any, redactor: Redactor) -> Any:
    """Metadata with its texts redacted: a call site, a tag or an SDK's name may hold anything."""
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, dict):
        return {name: _cleaned(member, redactor) for name, member in value.items()}
    if isinstance(value, list):
        return [_cleaned(member, redactor) for member in value]
    return value
