"""What every writer wants done before it composes a body: thoughts out, ids in, leftovers judged.

What comes out has only texts, refusals, media, tool calls and results that can be said; every call has an id
and every result the id and the name of the call that it answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers.conversation import (
    Media,
    Other,
    Part,
    Question,
    Reasoning,
    Refusal,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.writers.leftovers import judge
from agentrec_auto.providers.writers.schemas import without_openapi
from agentrec_auto.providers.writing import Notes, Writer, refuse_kept


def prepared(question: Question, writer: Writer, notes: Notes) -> Question:
    """The question as ``writer`` composes it; `UnsupportedRequestError` where it can't."""
    refuse_kept(question, writer.title)
    if question.source is not None and question.source.dialect == "gemini":
        question = _in_json_schema(question)
    for tool in question.tools:
        _check(tool, writer)
    turns = tuple(_sayable(question.turns, writer, notes))
    if not any(turn.role == "user" for turn in turns):
        raise UnsupportedRequestError("the request has no message of the user")
    if turns[-1].role == "assistant":
        raise UnsupportedRequestError(
            "the request ends with words put into the model's mouth, "
            f"which {writer.title} would take for an answer given before"
        )
    judge(question, writer, notes)
    tools, choice = question.tools, question.tool_choice
    if not tools and choice is not None:
        choice = None
    system = tuple(text for text in question.system if text and (writer.has_blank_texts or text.strip()))
    return replace(
        question, turns=tuple(linked(turns, writer)), system=system, tools=tools, tool_choice=choice
    )


def _in_json_schema(question: Question) -> Question:
    """The question with schemas that everybody understands, not only Gemini."""
    form = question.response_format
    if form is not None:
        form = replace(form, schema=without_openapi(form.schema))
    tools = tuple(replace(tool, parameters=without_openapi(tool.parameters)) for tool in question.tools)
    return replace(question, tools=tools, response_format=form)


def joined(turns: Iterable[Turn], *roles: str) -> Iterator[Turn]:
    """Turns of one role that follow one another as one, for the ``roles`` named (default: all)."""
    last: Turn | None = None
    for turn in turns:
        if last is not None and last.role == turn.role and (not roles or turn.role in roles):
            last = replace(last, parts=last.parts + turn.parts)
            continue
        if last is not None:
            yield last
        last = turn
    if last is not None:
        yield last


def linked(turns: Iterable[Turn], writer: Writer) -> Iterator[Turn]:
    """The turns with an id at every call that ``writer``'s API takes, and at every result that call's.

    Ids that fit stay; the others are numbered, so that the same question always has the same body.
    """
    turns = tuple(turns)
    taken = {part.id for turn in turns for part in turn.parts if isinstance(part, ToolCall) and part.id}
    calls = _Calls(writer, taken)
    before = ""
    for turn in turns:
        if turn.role != "tool" and not (turn.role == before == "assistant"):
            calls.close()
        before = turn.role
        yield replace(turn, parts=tuple(map(calls.linked, turn.parts)))
    calls.close()


class _Calls:
    """The calls of a conversation that wait for their results."""

    def __init__(self, writer: Writer, taken: set[str]) -> None:
        self._writer = writer
        self._taken = taken
        self._count = 0
        self._open: list[tuple[str | None, ToolCall]] = []

    def linked(self, part: Part) -> Part:
        match part:
            case ToolCall():
                call = replace(part, id=self._id(part.id))
                self._open.append((part.id, call))
                return call
            case ToolResult():
                call = self._answered(part)
                return replace(part, call_id=call.id, name=call.name)
            case _:
                return part

    def close(self) -> None:
        """The conversation goes on: refuse where a call was left without its result, as the APIs do."""
        if self._open:
            name = self._open[0][1].name
            raise UnsupportedRequestError(f"a call of the tool {name} has no result in the request")

    def _id(self, recorded: str | None) -> str:
        self._count += 1
        used = {call.id for _, call in self._open}
        if recorded and self._writer.ids.pattern.fullmatch(recorded) and recorded not in used:
            return recorded
        made = f"call{self._count:05d}"
        while made in self._taken:
            self._count += 1
            made = f"call{self._count:05d}"
        return made

    def _answered(self, result: ToolResult) -> ToolCall:
        """By id or, where the dialect has none, the first of that name that waits."""
        for at, (recorded, call) in enumerate(self._open):
            if result.call_id is not None and recorded is not None:
                if recorded != result.call_id:
                    continue
            elif result.name is not None and result.name != call.name:
                continue
            del self._open[at]
            return call
        raise UnsupportedRequestError("a tool result in the request answers no call")


def _check(tool: Tool, writer: Writer) -> None:
    if tool.kind == "custom":
        raise UnsupportedRequestError(f"the free-form tool {tool.name} has no counterpart in {writer.title}")
    if not writer.tool_name.fullmatch(tool.name):
        raise UnsupportedRequestError(f"{writer.title} takes no tool of the name {tool.name!r}")


def _sayable(turns: Iterable[Turn], writer: Writer, notes: Notes) -> Iterator[Turn]:
    for turn in turns:
        if turn.role == "system" and not writer.has_system_turns:
            raise UnsupportedRequestError(
                f"a system message within the conversation has no counterpart in {writer.title}"
            )
        if turn.name and turn.role != "tool" and not writer.has_speakers:
            notes.say(f"names of speakers left out: {writer.title} has none")
            turn = replace(turn, name=None)
        parts = tuple(_parts(turn.parts, writer, notes))
        if parts or turn.role == "user":
            yield replace(turn, parts=parts)


def _parts(parts: Iterable[Part], writer: Writer, notes: Notes) -> Iterator[Part]:
    for part in parts:
        match part:
            case Text(""):
                pass
            case Text(text) if not writer.has_blank_texts and not text.strip():
                notes.say(f"texts of white space left out: {writer.title} refuses them")
            case Reasoning():
                notes.say("what the other model thought before is left out: it can't be sent to another")
            case Refusal(text):
                notes.say("an earlier refusal is sent as text")
                yield Text(text)
            case Other(kind):
                raise UnsupportedRequestError(
                    f"the request holds {kind}, which has no counterpart in {writer.title}"
                )
            case Media(detail=str(detail)) if writer.name not in ("openai_chat", "openai_responses"):
                notes.say(f"how closely to look at images ({detail}) left out: {writer.title} can't say it")
                yield part
            case ToolResult():
                yield replace(part, parts=tuple(_parts(part.parts, writer, notes)))
            case _:
                yield part
