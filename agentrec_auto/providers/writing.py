"""What a writer is: a `Question` turned into one API's request. The other half of a dialect.

    Question ──┬─ read in this dialect ── revised ──┬── fitted to the model ── Written(path, body, notes)
               └─ read in another ─────── composed ─┘

Asked in the dialect that it was read in, a question is its recorded body, with another model: nothing that a
reader knows nothing of is lost. Asked in another, the body is composed of what the question says. Either way
`fit` then changes what the model at hand refuses.

Nothing is changed in silence. What can be left out is left out with a note; what can't be said raises
`UnsupportedRequestError`, and is not asked at all.
"""

from __future__ import annotations

import copy
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers.conversation import Media, Question, ToolResult
from agentrec_auto.providers.hosts import provider_of

ENTRY_POINTS = "agentrec_auto.writers"

WRITERS = {
    "openai_chat": "openai_chat:OpenAIChatWriter",
    "openai_responses": "openai_responses:OpenAIResponsesWriter",
    "anthropic": "anthropic:AnthropicWriter",
    "gemini": "gemini:GeminiWriter",
    "mistral": "mistral:MistralWriter",
    "cohere": "cohere:CohereWriter",
    "ollama": "ollama:OllamaWriter",
    "bedrock_converse": "bedrock_converse:BedrockConverseWriter",
}
"""Dialect → ``module:class`` within `agentrec_auto.providers.writers`, imported when first asked for."""

_KEPT_AT = {
    "openai_responses": "OpenAI (previous_response_id)",
    "gemini": "Google (cachedContent)",
    "gemini_interactions": "Google (previous_interaction_id)",
    "mistral_conversations": "Mistral (conversation_id)",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A question in one dialect's words."""

    path: str
    """Below the API's base URL, with the query."""

    body: dict[str, Any]
    headers: dict[str, str]
    """What the API wants besides the key and the content type."""

    notes: tuple[str, ...]
    """What was left out or changed, a sentence each."""


@dataclass(slots=True)
class Notes:
    """What was left out or changed, said once each."""

    _said: dict[str, None] = field(default_factory=dict)

    def say(self, note: str) -> None:
        """Add a sentence."""
        self._said[note] = None

    def told(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(self._said)


@dataclass(frozen=True, slots=True)
class Ids:
    """What ids of tool calls an API takes."""

    pattern: re.Pattern[str]


class Writer(ABC):
    """Says a question in one API's words. Has no state: one instance serves every thread."""

    name: ClassVar[str]
    """The dialect's name, as its reader has it."""

    title: ClassVar[str]
    """The API's name for people: ``Anthropic Messages``."""

    ids: ClassVar[Ids] = Ids(re.compile(r"[A-Za-z0-9_-]{1,40}"))
    tool_name: ClassVar[re.Pattern[str]] = re.compile(r"[A-Za-z0-9_-]{1,64}")
    has_system_turns: ClassVar[bool] = True
    """Whether the system may speak amid the conversation."""

    has_blank_texts: ClassVar[bool] = True
    """Whether a text may be of nothing but white space."""

    has_speakers: ClassVar[bool] = False
    """Whether a message can say which of several people speaks."""

    carries: ClassVar[frozenset[str]] = frozenset()
    """Members of `Question.rest` that it knows how to say."""

    def write(
        self,
        question: Question,
        model: str,
        *,
        stream: bool,
        max_tokens_default: int = 4096,
        host: str = "",
    ) -> Written:
        """The request that asks ``model`` the question.

        ``max_tokens_default`` is the limit where the API demands one and the question has none. ``host`` is
        where it goes: what another provider keeps (uploaded files) or has (tools of its own) isn't there.
        `UnsupportedRequestError` where it can't be asked faithfully.
        """
        notes = Notes()
        try:
            body = self._body(question, model, max_tokens_default, host, notes)
            self.fit(body, model, notes)
        except RecursionError as error:
            raise UnsupportedRequestError("the request is nested too deeply to be written again") from error
        self.set_stream(body, stream)
        return Written(self.path(model, stream), body, self.headers(), notes.told())

    def _body(
        self, question: Question, model: str, max_tokens_default: int, host: str, notes: Notes
    ) -> dict[str, Any]:
        """The recorded body, where it is of this dialect; else one composed."""
        if question.task != "chat":
            raise UnsupportedRequestError(f"the request asks for {_A[question.task]}, not for a chat")
        source = question.source
        if question.continues is not None:
            keeper = _KEPT_AT.get(source.dialect if source else "", "the provider")
            raise UnsupportedRequestError(f"the request continues a conversation kept at {keeper}")
        if source is None or source.dialect != self.name or not source.document:
            from agentrec_auto.providers.writers.preparing import prepared  # it needs this module

            return self.composed(prepared(question, self, notes), model, max_tokens_default, notes)
        is_away = _is_away(source.host, host)
        body = copy.deepcopy(dict(source.document))
        if is_away:
            refuse_kept(question, self.title)
        if is_away or model != question.model:
            self.forget_thoughts(body, notes)
        return self.revised(body, model, notes, is_away=is_away)

    @abstractmethod
    def composed(
        self, question: Question, model: str, max_tokens_default: int, notes: Notes
    ) -> dict[str, Any]:
        """The body, out of a question that `preparing.prepared` has gone over."""

    @abstractmethod
    def path(self, model: str, stream: bool) -> str:
        """Where the request goes, below the base URL."""

    def revised(self, body: dict[str, Any], model: str, notes: Notes, *, is_away: bool) -> dict[str, Any]:
        """A recorded body of this dialect, asking ``model``; ``is_away``: of another provider."""
        return {**body, "model": model}

    def forget_thoughts(  # noqa: B027 - nothing to forget is common
        self, body: dict[str, Any], notes: Notes
    ) -> None:
        """Take out what another model thought: it is signed or encrypted for that one alone."""

    def fit(  # noqa: B027 - nothing to fit is common
        self, body: dict[str, Any], model: str, notes: Notes
    ) -> None:
        """Change, with notes, what ``model`` refuses; `UnsupportedRequestError` where that is the point."""

    def set_stream(self, body: dict[str, Any], stream: bool) -> None:
        """Ask for a stream, or for none."""
        body.pop("stream", None)
        if stream:
            body["stream"] = True

    def headers(self) -> dict[str, str]:
        """Headers beside the key's."""
        return {}


def writer_for(dialect: str) -> Writer:
    """The writer of a dialect, an installed package's before ours; LookupError where there is none."""
    return _writer(dialect)


def dialects() -> list[str]:
    """The dialects that can be written."""
    return sorted({*WRITERS, *_installed()})


def refuse_kept(question: Question, title: str) -> None:
    """Refuse what only the provider that was asked has: uploaded files, and tools of its own."""
    for tool in question.tools:
        if tool.kind not in ("function", "custom"):
            raise UnsupportedRequestError(
                f"the provider's own tool {tool.kind} has no counterpart in {title}"
            )
    for turn in question.turns:
        for part in turn.parts:
            for one in part.parts if isinstance(part, ToolResult) else (part,):
                if isinstance(one, Media):
                    refuse_uploaded(one)


def refuse_uploaded(media: Media) -> None:
    """Refuse what lies at the provider that was asked, and nowhere else."""
    if media.data is None and not is_web(media.url):
        at = f" ({media.url})" if media.url else ""
        raise UnsupportedRequestError(
            f"the request shows an uploaded {media.kind}{at} that only its provider has"
        )


def is_web(url: str | None) -> bool:
    """Whether anybody can fetch it."""
    return url is not None and url.startswith(("http://", "https://"))


_A: Mapping[str, str] = {
    "completion": "the completion of a text",
    "embedding": "embeddings",
    "rerank": "a ranking",
}


def _is_away(asked: str, target: str) -> bool:
    """Whether a question goes to another provider than it was recorded at. Unknown hosts are their own."""
    if not asked or not target or asked == target:
        return False
    return (provider_of(asked) or asked) != (provider_of(target) or target)


@cache
def _writer(dialect: str) -> Writer:
    if (entry := _installed().get(dialect)) is not None:
        made: Writer = entry.load()()
        return made
    home = WRITERS.get(dialect)
    if home is None:
        raise LookupError(f"nobody writes the dialect {dialect!r}: expected {', '.join(dialects())}")
    module, _, name = home.partition(":")
    made = getattr(import_module(f"agentrec_auto.providers.writers.{module}"), name)()
    return made


@cache
def _installed() -> dict[str, Any]:
    from importlib.metadata import entry_points  # here: it costs some milliseconds, once

    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}
