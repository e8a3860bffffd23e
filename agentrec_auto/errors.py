"""The errors that callers see; one that never leaves its room, or needs nothing else of us, is defined there.

    AgentrecError
    ├── ConfigError              what the user said can't be followed: file, key, value, what is allowed
    ├── MissError                replay was asked for what nobody recorded (explicit transports only;
    │                            an unmodified app gets an HTTP 418 its SDK understands)
    ├── NoSuchRecordingError     a name that means no recording, or several: which ones
    ├── BrokenRecordingError     a cassette file that can't be read: which one, where, why
    ├── UndecodableBodyError     a compressed body whose decoder is not installed: nothing is stored
    ├── DecodeError              a body that no dialect makes sense of, or not the one that was asked
    ├── UnsupportedRequestError  a request that has no form in plain texts, or none at another provider
    ├── MissingAPIKeyError       a live call needs a key: which variable
    ├── ReportFormatError        a file that was to be a JSON report, and is none: which one, where, why
    └── StoreError               a corpus that can't be opened or written: where, why, the cure
        └── StoreBusyError       another process is writing to it, and for long: later it may be had

Messages are lower case: what was asked, what stood in the way, and the cure last.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # imported at each start of `agentrec run`: nothing more than it needs
    from collections.abc import Sequence


class AgentrecError(Exception):
    """The root of all our errors."""


class ConfigError(AgentrecError, ValueError):
    """What the user said can't be followed.

    Composes ``unknown mode 'replya' in agentrec.toml [agentrec] mode: expected off, record, …`` from its
    facts. Several at once are one error with a sentence a line, the first of which stands alone.
    """

    def __init__(
        self, problem: str, *, where: str, expected: str = "", also: Sequence[ConfigError] = ()
    ) -> None:
        self.problem = problem
        self.where = where
        self.expected = expected
        self.also = tuple(also)
        sentence = f"{problem} in {where}" + (f": expected {expected}" if expected else "")
        self.sentences: list[str] = [sentence, *(one for error in also for one in error.sentences)]
        """Each problem, whole."""
        super().__init__("\n".join(self.sentences))

    @classmethod
    def of(cls, errors: Sequence[ConfigError]) -> ConfigError:
        """One error that says what all of ``errors`` (at least one) say."""
        first, rest = errors[0], [*errors[0].also, *errors[1:]]
        return cls(first.problem, where=first.where, expected=first.expected, also=rest)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled whole: a pool that can't rebuild an error waits for ever or dies without a word."""
        return _config_error, (self.problem, self.where, self.expected, self.also)


def _config_error(problem: str, where: str, expected: str, also: tuple[ConfigError, ...]) -> ConfigError:
    return ConfigError(problem, where=where, expected=expected, also=also)


class MissError(AgentrecError, KeyError):
    """Replay was asked for what nobody recorded."""

    def __str__(self) -> str:
        """The sentence; a KeyError by itself would put it in quotes."""
        return Exception.__str__(self)


class NoSuchRecordingError(AgentrecError, LookupError):
    """A name that means no recording, or more than one."""

    def __init__(self, word: str, where: str, candidates: Sequence[str] = (), found: int = 0) -> None:
        self.word = word
        self.where = where
        self.candidates = tuple(candidates)
        """Some of the names that the word is the beginning of."""
        if candidates:
            more = f" and {found - len(candidates)} more" if found > len(candidates) else ""
            problem = f"{word!r} can mean {', '.join(candidates)}{more}: say more of the name"
        else:
            problem = f"no recording in {where} is called {word!r}: `agentrec ls` names them"
        super().__init__(problem)


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


class ReportFormatError(AgentrecError, ValueError):
    """A file that was to be a report in JSON, and is none that can be read."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(f"no report to compare with in {name!r}: {why}; `--format json` writes one")

    def __reduce__(self) -> tuple[object, ...]:
        return ReportFormatError, (self.name, self.why)


class StoreError(AgentrecError):
    """A corpus that can't be opened or written."""


class StoreBusyError(StoreError):
    """A corpus that another process is writing to, for longer than a store waits: later it may be had."""


class DecodeError(AgentrecError, ValueError):
    """A request or response in which a dialect finds no question or answer."""


class UnsupportedRequestError(AgentrecError):
    """A request that says more than can be carried over."""


class MissingAPIKeyError(AgentrecError):
    """A live call needs an API key that is not set."""
