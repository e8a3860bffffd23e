"""A conversation in plain texts: all the ``agentrec`` library knows, and enough to ask it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers.conversation import Answer, Question, Text
from agentrec_auto.providers.wording import roles_text


@dataclass
class Conversation:
    """What a request asks, where texts say it all."""

    system: str | None = None
    messages: list[dict[str, str]] = field(default_factory=list)
    """``{"role": "user", "content": "…"}``, of user and assistant in turn."""

    temperature: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True)
class DecodedResponse:
    """What a response answers, in one text."""

    provider: str
    model: str | None
    text: str
    finish_reason: str | None = None
    """In the provider's words."""

    usage: dict[str, Any] | None = None
    """As the provider counts."""

    streamed: bool = False


def format_conversation(conversation: Conversation) -> str:
    """The conversation for people: a lone message of the user bare, else each under its role."""
    said = [("system", conversation.system)] if conversation.system is not None else []
    return roles_text([*said, *((one["role"], one["content"]) for one in conversation.messages)])


def plain(question: Question, *, joint: str = "\n\n") -> Conversation:
    """A question in plain texts, its system texts joined by ``joint``.

    `UnsupportedRequestError` where that would leave something out: tools and their calls, images, a form for
    the answer, several choices.
    """
    if question.task != "chat":
        raise UnsupportedRequestError(f"the request asks for a {question.task}, not for a chat")
    if question.tools or (question.tool_choice is not None and question.tool_choice.mode != "auto"):
        raise UnsupportedRequestError("the request uses tools")
    if question.response_format is not None:
        raise UnsupportedRequestError("the request demands a form for the answer")
    if (question.sampling.n or 1) != 1:
        raise UnsupportedRequestError("the request uses n > 1")
    if question.continues is not None:
        raise UnsupportedRequestError("the request goes on from what the provider keeps")
    messages = []
    for turn in question.turns:
        if turn.role not in ("user", "assistant"):
            raise UnsupportedRequestError(f"unsupported: a {turn.role} message within the conversation")
        for part in turn.parts:
            if not isinstance(part, Text):
                raise UnsupportedRequestError(f"a message holds more than text: {type(part).__name__}")
        if not turn.parts:
            raise UnsupportedRequestError(f"a message of the {turn.role} without content")
        messages.append({"role": turn.role, "content": turn.text})
    if not messages:
        raise UnsupportedRequestError("the conversation has no user/assistant messages")
    return Conversation(
        system=joint.join(question.system) if question.system else None,
        messages=messages,
        temperature=question.sampling.temperature,
        max_tokens=question.sampling.max_tokens,
    )


def decoded(provider: str, answer: Answer) -> DecodedResponse:
    """An answer in one text."""
    usage = answer.raw_usage
    return DecodedResponse(
        provider=provider,
        model=answer.model,
        text=answer.text,
        finish_reason=answer.first.raw_finish_reason,
        usage=dict(usage) if usage is not None else None,
        streamed=answer.streamed,
    )
