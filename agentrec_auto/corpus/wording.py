"""What was asked and what was answered, in words: a line for tables, all of it to be searched."""

from __future__ import annotations

import json

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.corpus.strings import decoded
from agentrec_auto.providers.conversation import (
    Answer,
    Media,
    Other,
    Part,
    Question,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
)
from agentrec_auto.providers.registry import Reading

_LINE = 400
"""Characters of a text that a line for a table is made of."""


def asked(interaction: CapturedInteraction, reading: Reading) -> str:
    """The last thing that was asked, on one line; the beginning of the body where nobody can read it."""
    question = reading.question
    if question is None:
        return line(body_text(interaction, request=True))
    turns = [turn for turn in question.turns if turn.role in ("user", "tool")] or list(question.turns)
    told = [text for turn in turns[-1:] for part in turn.parts if (text := part_text(part))]
    mark = "← " if told and turns[-1].role == "tool" else ""
    return mark + line(" ".join(told or question.system))


def answered(interaction: CapturedInteraction, reading: Reading) -> str:
    """The answer on one line: its text, else what was refused, asked of tools, or went wrong."""
    answer = reading.answer
    if answer is None:
        return line(body_text(interaction, request=False))
    if answer.vectors:
        count = len(answer.vectors)
        return f"[{count} vector{'s' if count > 1 else ''} of {len(answer.vectors[0])}]"
    parts = (part for part in answer.first.parts if not isinstance(part, Reasoning))
    told = [text for part in parts if (text := part_text(part))]
    if answer.error:
        told.append(f"[error: {answer.error}]")
    return line(" ".join(told))


def everything(interaction: CapturedInteraction, reading: Reading) -> str:
    """Question and answer, whole, to be searched; bodies as they are where nobody can read them."""
    if reading.question is None:
        pieces = [body_text(interaction, request=True)]
    else:
        pieces = _question(reading.question)
    if reading.answer is None:
        pieces.append(body_text(interaction, request=False))
    else:
        pieces += _answer(reading.answer)
    return "\n".join(pieces)


def part_text(part: Part) -> str:
    """One part in words; what isn't words is named in brackets."""
    match part:
        case Text() | Reasoning() | Refusal():
            return part.text
        case ToolCall():
            return f"→ {part.name}({arguments(part)})"
        case ToolResult():
            return " ".join(filter(None, map(part_text, part.parts)))
        case Media():
            return f"[{media(part)}]"
        case Other():
            return f"[{part.kind}]"


def arguments(call: ToolCall) -> str:
    """The arguments of a call, on one line."""
    told = call.arguments
    return told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)


def media(part: Media) -> str:
    """What a medium is: ``image/png, 20 kB, cat.png``."""
    told = (part.media_type or part.kind, size(part.size), part.name, part.url)
    return ", ".join(one for one in told if one)


def size(count: int | None) -> str | None:
    """So many bytes, for people."""
    if count is None:
        return None
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def body_text(interaction: CapturedInteraction, *, request: bool) -> str:
    """A body as text."""
    if request:
        data, head = interaction.request.content, interaction.request.headers
    else:
        data, head = interaction.body, interaction.response_headers
    return decoded(data, head).decode("utf-8", "replace")


def line(text: str) -> str:
    """A text on one line."""
    return " ".join(text[:_LINE].split())


def _question(question: Question) -> list[str]:
    parts = [part_text(part) for turn in question.turns for part in turn.parts]
    return [*question.system, *parts, *(tool.name for tool in question.tools)]


def _answer(answer: Answer) -> list[str]:
    told = [part_text(part) for choice in answer.choices for part in choice.parts]
    return [*told, answer.error] if answer.error else told
