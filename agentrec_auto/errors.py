"""Every error we raise.

    AgentrecError
    ├── ConfigError          what the user said can't be followed: file, key, value, what is allowed
    ├── MissError            replay was asked for what nobody recorded (explicit transports only;
    │                        an unmodified app gets an HTTP 418 its SDK understands)
    ├── BrokenRecordingError a cassette file that can't be read: which one, where, why
    ├── UndecodableBodyError a compressed body whose decoder is not installed: nothing is stored
    └── StoreError           a corpus that can't be opened or written: where, why, the cure

Messages are lower case: what was asked, what stood in the way, and the cure last.
"""

from __future__ import annotations


class AgentrecError(Exception):
    """The root of all our errors."""


class ConfigError(AgentrecError, ValueError):
    """What the user said can't be followed.

    Composes ``unknown mode 'replya' in agentrec.toml [agentrec]: expected off, record, …`` from its facts.
    """

    def __init__(self, problem: str, *, where: str, expected: str = "") -> None:
        self.problem = problem
        self.where = where
        self.expected = expected
        super().__init__(f"{problem} in {where}" + (f": expected {expected}" if expected else ""))


class MissError(AgentrecError, LookupError):
    """Replay was asked for what nobody recorded."""


class BrokenRecordingError(AgentrecError):
    """A cassette file that can't be read."""

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        self.why = why
        super().__init__(f"the recording {where} can't be read: {why}")


class UndecodableBodyError(AgentrecError):
    """A body under a content encoding that can't be undone here, so that secrets in it can't be seen."""

    def __init__(self, encoding: str, cure: str) -> None:
        self.encoding = encoding
        super().__init__(f"can't decode a body under content-encoding {encoding!r}: {cure}")


class StoreError(AgentrecError):
    """A corpus that can't be opened or written."""
