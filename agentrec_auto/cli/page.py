"""One recording as a page: who was asked, what was said, what it took and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from agentrec_auto.cli import output
from agentrec_auto.corpus import when, wording
from agentrec_auto.corpus.facts import Facts, facts_of
from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.corpus.identity import Standing, standing_of
from agentrec_auto.providers.conversation import Answer, Part, Question, Reasoning, Refusal, ToolCall, Usage
from agentrec_auto.providers.registry import Reading, read
from agentrec_auto.providers.wording import part_text

_ROLES = {"system": "magenta", "user": "green", "assistant": "cyan", "tool": "yellow"}


def page_of(corpus: Corpus, held: Held) -> Iterator[RenderableType]:
    """The page, piece by piece."""
    facts, reading = facts_of(held), read(held.interaction)
    yield from _head(corpus, held, facts)
    if reading.question is not None:
        yield from _question(reading.question)
    else:
        yield _said("request", "", [output.cell(wording.body_text(held.interaction, request=True))])
    if reading.answer is not None:
        yield from _answer(reading.answer, facts)
    else:
        body = wording.body_text(held.interaction, request=False)
        yield _said("response", "", [output.cell(body)])
    if reading.why:
        is_read = reading.question is not None and reading.answer is not None
        yield output.cell(f"\n{'note' if is_read else 'shown as it is stored'}: {reading.why}", "dim")
    yield ""
    yield output.pairs(_about(facts, reading))


def _head(corpus: Corpus, held: Held, facts: Facts) -> Iterator[RenderableType]:
    takes = sum(name == facts.key or name.startswith(f"{facts.key}.take") for name in corpus.names)
    title = output.cell(held.name, "bold")
    if takes > 1:
        title.append(f"   take {facts.take} of {takes}", "not bold dim")
    yield title
    well = "green" if facts.is_well else "red"
    line = output.cell(facts.model or facts.dialect)
    line.append(f" · {output.inert(facts.provider)}").append(f" · {facts.status}, {facts.ending}", well)
    line.append(" · streamed" if facts.stream else "")
    if facts.recorded_at is not None:
        line.append(f" · {when.told(facts.recorded_at, when.now())}")
    if facts.latency_s is not None:
        line.append(f" · {facts.latency_s:.2f} s")
        if facts.stream and facts.latency_first_chunk_s is not None:
            line.append(f", {facts.latency_first_chunk_s:.2f} s to the first chunk")
    yield line
    if standing_of(corpus, held) is Standing.STALE:
        yield Text("not under its key: replay won't find it (`agentrec rekey`)", "red")


def _question(question: Question) -> Iterator[RenderableType]:
    for text in question.system:
        yield _said("system", "", [output.cell(text)])
    for turn in question.turns:
        yield _said(turn.role, turn.name or "", [_part(part) for part in turn.parts])


def _answer(answer: Answer, facts: Facts) -> Iterator[RenderableType]:
    many = len(answer.choices) > 1
    for number, choice in enumerate(answer.choices, 1):
        aside = ", ".join(
            one
            for one in (answer.model if answer.model != facts.model else "", choice.raw_finish_reason)
            if one
        )
        title = f"answer {number}" if many else "answer"
        yield _said(title, aside, [_part(part) for part in choice.parts] or [Text("nothing", "dim")])
    if answer.vectors:
        yield _said(
            "answer", "", [Text(f"{len(answer.vectors)} vectors of {len(answer.vectors[0])} numbers")]
        )
    if answer.error:
        yield _said("error", "", [output.cell(answer.error, "red")])
    if not answer.is_whole:
        yield Text("\nthe stream stops here, before its last event", "yellow")


def _said(role: str, aside: str, parts: list[Text]) -> RenderableType:
    title = output.cell(role, f"bold {_ROLES.get(role, 'blue')}")
    if aside:
        title.append(f"  {output.inert(aside)}", "not bold dim")
    return Group("", title, *(Padding(part, (0, 0, 0, 2)) for part in parts))


def _part(part: Part) -> Text:
    match part:
        case ToolCall():
            return output.cell(f"→ {part.name} {_pretty(part.arguments)}", "cyan")
        case Reasoning():
            return output.cell(part.text or "[thoughts, encrypted]", "dim italic")
        case Refusal():
            return output.cell(part.text, "red")
        case _:
            return output.cell(part_text(part))


def _pretty(arguments: Any) -> str:
    if isinstance(arguments, str):
        return arguments
    line = json.dumps(arguments, ensure_ascii=False)
    return line if len(line) <= 72 else json.dumps(arguments, ensure_ascii=False, indent=2)


def _about(facts: Facts, reading: Reading) -> Iterator[tuple[str, RenderableType]]:
    """Tools, sampling, tokens, and where it comes from; what nobody knows is left out."""
    question, answer = reading.question, reading.answer
    if question is not None:
        told = {
            "tools": ", ".join(tool.name for tool in question.tools),
            "tool choice": f"{question.tool_choice.mode} {question.tool_choice.name or ''}"
            if question.tool_choice
            else "",
            "format": f"{question.response_format.kind} {question.response_format.name or ''}"
            if question.response_format
            else "",
            "sampling": _sampling(question),
            "continues": question.continues or "",
            "also asked": ", ".join(question.rest),
        }
        for name, said in told.items():
            if said:
                yield name, output.cell(said)
    if answer is not None and answer.usage is not None:
        yield "tokens", output.cell(_usage(answer.usage))
    size = f"{wording.size(facts.request_bytes)} sent, {wording.size(facts.response_bytes)} back"
    yield "bytes", output.cell(f"{size} in {output.plural(facts.chunk_count, 'chunk')}")
    yield "sent to", output.cell(f"{facts.method} {facts.url}")
    if facts.call_site:
        yield "called by", output.cell(facts.call_site)
    means = [one for one in (facts.sdk, facts.library) if one]
    if means:
        yield "by means of", output.cell(", ".join(means))
    tags = {**({"category": facts.category} if facts.category else {}), **facts.tags}
    if tags:
        yield "tags", output.cell(", ".join(f"{name}={value}" for name, value in tags.items()))
    if facts.recorded_at:
        run = f", run {facts.run}" if facts.run else ""
        yield "recorded", output.cell(f"{facts.recorded_at.astimezone():%Y-%m-%d %H:%M:%S %z}{run}")
    if facts.imported_from:
        how = ", synthesised: it kept the conversation and no bytes" if facts.synthesised else ""
        yield "imported", output.cell(f"from {facts.imported_from}{how}")


def _sampling(question: Question) -> str:
    said = ((one.name, getattr(question.sampling, one.name)) for one in fields(question.sampling))
    return ", ".join(f"{name} {value}" for name, value in said if value not in (None, ()))


def _usage(usage: Usage) -> str:
    said = ((one.name, getattr(usage, one.name)) for one in fields(usage))
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in said if count)
