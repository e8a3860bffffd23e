"""A question and an answer as people read them: texts as they are, everything else named in brackets.

    [system] Label the review.

    [user] What does this show?
    [image image/png, 48,213 bytes]

A lone message of the user stands bare.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

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
from agentrec_auto.providers.reading import json_text


def question_text(question: Question) -> str:
    """What was asked, without the tools that were offered."""
    said = [("system", "\n\n".join(question.system))] if question.system else []
    said += [(turn.role, parts_text(turn.parts)) for turn in question.turns]
    return roles_text(said)


def answer_text(answer: Answer) -> str:
    """What was answered, without what was thought before; of several choices each under its number."""
    texts = [
        parts_text(part for part in choice.parts if not isinstance(part, Reasoning))
        for choice in answer.choices
    ]
    if answer.vectors:
        texts.append(f"[{len(answer.vectors)} vectors of {len(answer.vectors[0])} numbers]")
    if len(texts) < 2:
        return "".join(texts)
    return roles_text((f"choice {number}", text) for number, text in enumerate(texts, 1))


def roles_text(said: Iterable[tuple[str, str]]) -> str:
    """Who said what, one below the other."""
    pairs = list(said)
    if len(pairs) == 1 and pairs[0][0] == "user":
        return pairs[0][1]
    return "\n\n".join(f"[{role}] {text}" for role, text in pairs)


def parts_text(parts: Iterable[Part]) -> str:
    """Texts that follow one another as one; what is no text on a line of its own."""
    lines: list[str] = []
    for is_text, group in groupby(parts, lambda part: isinstance(part, Text)):
        named = map(part_text, group)
        lines += ["".join(named)] if is_text else named
    return "\n".join(lines)


def part_text(part: Part) -> str:
    """One part."""
    match part:
        case Text(text):
            return text
        case Reasoning(text, is_hidden):
            return f"[thought: {text}]" if text else f"[thought{', encrypted' if is_hidden else ''}]"
        case Refusal(text):
            return f"[refusal: {text}]"
        case Media():
            return _media_text(part)
        case ToolCall(name, arguments):
            return f"[call: {name} {json_text(arguments)}]"
        case ToolResult(_, parts, name):
            said = parts_text(parts)
            return f"{name}: {said}" if name else said
        case Other(kind):
            return f"[{kind}]"


def _media_text(media: Media) -> str:
    told = " ".join(word for word in (media.kind, media.media_type, media.name, media.url) if word)
    return f"[{told}, {media.size:,} bytes]" if media.size is not None else f"[{told}]"
