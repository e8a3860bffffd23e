"""What was asked and what was answered, in words that no provider owns.

    Question ── system, turns ─┬─ Turn(role, parts)          Answer ── choices ── Choice(parts, finish_reason)
             ── tools, tool_choice                                  ── usage, model
             ── sampling, response_format                           ── is_whole, streamed, error

A `Part` is a text, a reasoning, a refusal, a medium, a tool call or a tool result. What a dialect sends
beside these is kept as `Other` (in a turn) or in `Question.rest` (in the request): named, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]
Task = Literal["chat", "completion", "embedding", "rerank"]
MediaKind = Literal["image", "audio", "video", "file"]
FinishReason = Literal["stop", "length", "tool_calls", "refusal", "filtered", "paused", "error", "other"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What a model thought before it answered."""

    text: str
    is_hidden: bool = False
    """Whether the provider gives it only encrypted; the text is then empty, or a summary."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a model won't answer, where the provider says it apart from the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Media:
    """An image, a sound, a video or a file: named by its digest, its bytes along only as they came."""

    kind: MediaKind
    media_type: str | None = None
    """``image/png``, where the request says."""

    size: int | None = None
    """In bytes, where they are in the request."""

    url: str | None = None
    """Where it lies instead: a URL, or the id of an uploaded file."""

    name: str | None = None
    digest: str | None = None
    """Of the bytes, where they are in the request: 32 hex of their SHA-256."""

    data: str | None = field(default=None, repr=False, compare=False)
    """The bytes in base64, where they are in the request: the body's own string, not a copy of it."""

    detail: str | None = field(default=None, compare=False)
    """How closely to look at an image, where the request says (``low``, ``high``)."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model asks for a tool."""

    name: str
    arguments: Any
    """As JSON; a string where they are none (free-form tools, a torn stream)."""

    id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back."""

    call_id: str | None
    parts: tuple[Part, ...]
    name: str | None = None
    """The tool, where the dialect says so (Gemini knows calls by name only)."""

    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """What only this dialect has, as it stands in the body."""

    kind: str
    document: Any


Part = Text | Reasoning | Refusal | Media | ToolCall | ToolResult | Other


@dataclass(frozen=True, slots=True)
class Turn:
    """Who said what. Tool results have turns of their own, of the role ``tool``, in every dialect."""

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None

    @property
    def text(self) -> str:
        """Its texts, joined."""
        return text_of(self.parts)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the model may call."""

    name: str
    description: str | None = None
    parameters: Any = None
    """JSON Schema of the arguments."""

    kind: str = "function"
    """Else the provider's name for a tool of its own (``web_search``); ``settings`` then says how."""

    settings: Any = None
    strict: bool | None = field(default=None, compare=False)
    """Whether the arguments are made to fit the schema, where the request says."""


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Whether the model may, must or may not call a tool."""

    mode: Literal["auto", "none", "required", "named"]
    name: str | None = None
    """The tool it must call, if ``named``."""

    allowed: tuple[str, ...] = ()
    """The only tools it may call, where these are not all."""


@dataclass(frozen=True, slots=True)
class ResponseFormat:
    """The form that the answer must have."""

    kind: Literal["json", "schema"]
    schema: Any = None
    name: str | None = None
    description: str | None = field(default=None, compare=False)
    strict: bool | None = field(default=None, compare=False)
    """Whether the answer is made to fit, where the request says."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the answer is drawn: not part of the question."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    n: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    reasoning: str | int | None = None
    """The effort to think with, in a word, or the most tokens to think in."""


@dataclass(frozen=True, slots=True)
class Source:
    """The request that a question was read from: for asking it again in its own dialect, unchanged."""

    dialect: str
    host: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of a model."""

    model: str | None
    turns: tuple[Turn, ...]
    system: tuple[str, ...] = ()
    """What the model is told beforehand, a text a message or block."""

    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    response_format: ResponseFormat | None = None
    sampling: Sampling = field(default_factory=Sampling)
    task: Task = "chat"
    continues: str | None = None
    """What the provider keeps and this goes on from (``previous_response_id`` and the like)."""

    streamed: bool = False
    rest: Mapping[str, Any] = field(default_factory=dict)
    """Members of the request that none of the above says; those of an inner object under both names
    (``text.verbosity``)."""

    source: Source | None = field(default=None, repr=False, compare=False)
    """Where it was read, if it was."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, in buckets that don't overlap: what is billed alike is counted once."""

    input: int = 0
    """Read by the model afresh."""

    cache_read: int = 0
    cache_write: int = 0
    output: int = 0
    """Written by the model, without `reasoning`."""

    reasoning: int = 0
    """Thought by the model; 0 also where the provider counts it as output and doesn't say."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.input + self.cache_read + self.cache_write + self.output + self.reasoning


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer; there are several only where several were asked for."""

    parts: tuple[Part, ...]
    finish_reason: FinishReason | None = None
    """Why it ended, in our words; None where it hasn't, or the provider doesn't say."""

    raw_finish_reason: str | None = None
    """The same in the provider's."""

    @property
    def text(self) -> str:
        """Its texts, joined."""
        return text_of(self.parts)

    @property
    def reasoning(self) -> str:
        """What was thought, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, Reasoning))

    @property
    def refusal(self) -> str | None:
        """Why there is no answer; None where there is one."""
        said = [part.text for part in self.parts if isinstance(part, Refusal)]
        return "".join(said) if said else None

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The tools asked for, in order."""
        return tuple(part for part in self.parts if isinstance(part, ToolCall))


_NOTHING = Choice(())


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered. For what concerns one choice, the answer speaks of its first."""

    choices: tuple[Choice, ...] = ()
    usage: Usage | None = None
    model: str | None = None
    """The model that answered, in the provider's words."""

    is_whole: bool = True
    """Whether all of it is there: for a stream, whether the dialect's last event has passed."""

    streamed: bool = False
    error: str | None = None
    """What the provider said instead of an answer, or instead of the rest of it."""

    vectors: tuple[tuple[float, ...], ...] = ()
    """Embeddings, one a text."""

    raw_usage: Mapping[str, Any] | None = None
    """The provider's own count."""

    @property
    def first(self) -> Choice:
        """The first choice; an empty one where there is none."""
        return self.choices[0] if self.choices else _NOTHING

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of each choice."""
        return tuple(choice.text for choice in self.choices)

    @property
    def text(self) -> str:
        return self.first.text

    @property
    def reasoning(self) -> str:
        return self.first.reasoning

    @property
    def refusal(self) -> str | None:
        return self.first.refusal

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return self.first.tool_calls

    @property
    def finish_reason(self) -> FinishReason | None:
        return self.first.finish_reason


def text_of(parts: tuple[Part, ...]) -> str:
    """The texts among ``parts``, joined."""
    return "".join(part.text for part in parts if isinstance(part, Text))
