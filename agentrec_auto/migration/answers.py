"""What targets have answered already: the answers in a corpus."""

from __future__ import annotations

from dataclasses import dataclass

from agentrec_auto.capture import CapturedInteraction, Ending
from agentrec_auto.errors import AgentrecError, DecodeError, UnsupportedRequestError
from agentrec_auto.keying.cassette_id import fingerprint_of
from agentrec_auto.migration.baselines import Baseline
from agentrec_auto.migration.recordings import Recordings
from agentrec_auto.migration.targets import Target
from agentrec_auto.providers import reading, registry
from agentrec_auto.providers.conversation import Answer, Question

TARGET_KEY = "target_key"
"""Where the metadata of an answer says who was asked: `Target.key`."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer."""

    interaction: CapturedInteraction
    answer: Answer
    notes: list[str] | None
    """What was noted when it was asked for; None where it doesn't say."""


class Answers:
    """The answers of targets in a corpus, by the id of the migration."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self.outdated: set[str] = set()
        """Ids of answers passed over so far, for the target is another model now, or has other options."""

    async def find(self, migration_id: str, baseline: Baseline, target: Target) -> Found | None:
        """The answer, or None where there is none that counts: nothing, an error, half a stream, an answer
        to what the baseline asked before it was recorded anew, or of what the target's name meant before
        its ``[target.NAME]`` was changed. `DecodeError` for what is no answer at all.
        """
        interaction = await self._recordings.find(migration_id)
        if interaction is None or not 200 <= interaction.response_status < 300:
            return None
        if interaction.ending is not Ending.COMPLETE or not await self._is_to(baseline, interaction):
            return None
        if interaction.metadata.get(TARGET_KEY, target.key) != target.key:
            self.outdated.add(migration_id)
            return None
        read = registry.read_answer(interaction)
        answer = read.answer
        if answer is None or answer.error is not None or not answer.choices:
            why = (
                answer.error
                if answer is not None and answer.error
                else read.why or "there is no answer in it"
            )
            raise DecodeError(
                f"recorded migration response undecodable: {why}; delete the cassette {migration_id} and run "
                "`agentrec migrate` again"
            )
        if not answer.is_whole:
            return None
        notes = interaction.metadata.get("migration_notes")
        return Found(interaction, answer, list(reading.words(notes)) if isinstance(notes, list) else None)

    async def question(self, baseline: Baseline) -> Question:
        """What a baseline asked, read again: of 10,000 questions only the words are kept."""
        try:
            question = registry.read(await self._recordings.read(baseline.name)).question
        except KeyError:
            question = None
        if question is None:
            raise UnsupportedRequestError("the question can't be read")
        return question

    async def _is_to(self, baseline: Baseline, interaction: CapturedInteraction) -> bool:
        """Whether it answers what the baseline asks now; one that doesn't say does."""
        pinned = interaction.metadata.get("semantic_key")
        if not isinstance(pinned, str) or pinned == baseline.semantic_key:
            return True
        try:  # keys of another version, or of the agentrec library
            asked = await self._recordings.read(baseline.name)
        except (KeyError, AgentrecError):
            return True
        return pinned in (asked.metadata.get("semantic_key"), fingerprint_of(asked).semantic_key)
