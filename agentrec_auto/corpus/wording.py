"""What was asked and what was answered, in words: a line for tables, all of it to be searched."""

from __future__ import annotations

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.corpus.strings import decoded
from agentrec_auto.providers.conversation import Reasoning
from agentrec_auto.providers.registry import Reading
from agentrec_auto.providers.wording import answer_text, parts_text, question_text

_LINE = 400
"""Characters of a text that a line for a table is made of."""


def asked(interaction: CapturedInteraction, reading: Reading) -> str:
    """The last thing that was asked, on one line; the beginning of the body where nobody can read it."""
    question = reading.question
    if question is None:
        return line(body_text(interaction, request=True))
    turns = [turn for turn in question.turns if turn.role in ("user", "tool")] or list(question.turns)
    if not turns:
        return line(" ".join(question.system))
    mark = "← " if turns[-1].role == "tool" else ""
    return mark + line(parts_text(turns[-1].parts))


def answered(interaction: CapturedInteraction, reading: Reading) -> str:
    """The answer on one line: its text, else what was refused, asked of tools, or went wrong."""
    answer = reading.answer
    if answer is None:
        return line(body_text(interaction, request=False))
    if answer.vectors:
        return line(answer_text(answer))
    told = parts_text(part for part in answer.first.parts if not isinstance(part, Reasoning))
    return line(f"{told} [error: {answer.error}]" if answer.error else told)


def everything(interaction: CapturedInteraction, reading: Reading) -> str:
    """Question and answer, whole, to be searched; bodies as they are where nobody can read them."""
    question, answer = reading.question, reading.answer
    if question is None:
        pieces = [body_text(interaction, request=True)]
    else:
        pieces = [question_text(question), *(tool.name for tool in question.tools)]
    if answer is None:
        pieces.append(body_text(interaction, request=False))
    else:
        pieces += [answer_text(answer), answer.reasoning, answer.error or ""]
    return "\n".join(pieces)


def body_text(interaction: CapturedInteraction, *, request: bool) -> str:
    """A body as text."""
    if request:
        data, head = interaction.request.content, interaction.request.headers
    else:
        data, head = interaction.body, interaction.response_headers
    return decoded(data, head).decode("utf-8", "replace")


def size(count: int) -> str:
    """So many bytes, for people."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def line(text: str) -> str:
    """A text on one line."""
    return " ".join(text[:_LINE].split())
