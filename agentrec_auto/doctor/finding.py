"""What the doctor says: findings, and the answer they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """What a finding means for the answer; the values are headings, in the order they are shown."""

    IN_THE_WAY = "in the way"
    """Nothing is recorded because of it."""

    UNSEEN = "can't be seen"
    """Whether something is recorded can't be told from outside."""

    NOT_COVERED = "not covered"
    """Calls of this library go out unrecorded; others are not touched by it."""

    COVERED = "in order"
    NOTE = "worth knowing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact, judged."""

    state: State
    subject: str
    """What it is about, in a word or two: ``httpx2 2.16.2``."""

    text: str
    cure: str = ""
    """What to do about it, as an imperative; empty where there is nothing to do."""

    is_sdk: bool = False
    """Whether the subject is an LLM SDK: these decide the answer."""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one command."""

    subject: str
    """What was asked about: ``python app.py``."""

    mode: str
    corpus: str
    findings: tuple[Finding, ...]

    def of(self, state: State) -> list[Finding]:
        """The findings with this meaning."""
        return [finding for finding in self.findings if finding.state is state]

    @property
    def is_covered(self) -> bool:
        """Whether calls are recorded: nothing in the way or unseen, and not every SDK goes past us."""
        if self.of(State.IN_THE_WAY) or self.of(State.UNSEEN):
            return False
        states = {finding.state for finding in self.findings if finding.is_sdk}
        return states != {State.NOT_COVERED}

    @property
    def verdict(self) -> str:
        """The answer, in one sentence."""
        blocks = self.of(State.IN_THE_WAY)
        if blocks:
            return f"no: {blocks[0].text}"
        if unseen := self.of(State.UNSEEN):
            return f"can't tell: {unseen[0].text}"
        covered, missing = self._sdks(State.COVERED), self._sdks(State.NOT_COVERED)
        if not self.is_covered:
            return f"no: {self.subject} can call LLM APIs by {missing} only, and that goes past us"
        whose = f"calls by {covered}" if covered else "HTTP calls to LLM APIs"
        gap = f"; for {missing}, see below" if missing else ""
        return f"yes: {whose} in {self.subject} are {_done(self.mode)}{gap}"

    @property
    def cures(self) -> list[str]:
        """What to do, each thing once, the most pressing first."""
        said = (finding.cure for state in State for finding in self.of(state))
        return list(dict.fromkeys(filter(None, said)))

    def _sdks(self, state: State) -> str:
        return ", ".join(finding.subject.split()[0] for finding in self.of(state) if finding.is_sdk)


def _done(mode: str) -> str:
    """What happens to calls in a mode."""
    return {
        "replay": "replayed",
        "auto": "replayed where they are recorded, and recorded where not",
        "verify": "compared with their recordings",
    }.get(mode, "recorded")
