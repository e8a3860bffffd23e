"""Which dialect reads what: a table of strings, and what others add to it.

A dialect is asked in this order, and the first that reads has it:

1. those given to `add` in this process, the last first
2. those of installed packages, under the entry point group ``agentrec_auto.dialects``
3. the table's lines whose path matches, imported when first needed
4. where no line matches the path (a gateway's own, a redacted URL): every line, by the shape of the bodies

Nothing of a dialect's is raised out of here, whatever it does: what can't be read comes with the reason.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.compiled import loads
from agentrec_auto.errors import DecodeError
from agentrec_auto.forks import loading
from agentrec_auto.interrupts import let_through
from agentrec_auto.providers.conversation import Answer, Question, Source
from agentrec_auto.providers.dialect import Call, Dialect, Reply

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "agentrec_auto.dialects"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    path: re.Pattern[str]
    """Where requests of this dialect go."""

    home: str
    """``module:class`` within `agentrec_auto.providers`."""


def _line(path: str, home: str) -> Line:
    return Line(re.compile(path), home)


DIALECTS = (
    _line(r"/(chat|fim|agents)/completions$", "mistral:Mistral"),
    _line(r"/chat/completions$", "openai_chat:OpenAIChat"),
    _line(r"/responses$", "openai_responses:OpenAIResponses"),
    _line(r"/embeddings$", "openai_embeddings:OpenAIEmbeddings"),
    _line(r"/messages$|/anthropic/models/[^/]+:(rawPredict|streamRawPredict)$", "anthropic:Anthropic"),
    _line(r"/complete$", "anthropic_complete:AnthropicComplete"),
    _line(r":(generateContent|streamGenerateContent)$", "gemini:Gemini"),
    _line(r"/interactions$", "gemini_interactions:GeminiInteractions"),
    _line(r"/conversations(/[^/]+(/restart)?)?$", "mistral_conversations:MistralConversations"),
    _line(r"/model/[^/]+/converse(-stream)?$", "bedrock_converse:BedrockConverse"),
    _line(r"/model/[^/]+/invoke(-with-response-stream)?$", "bedrock_invoke:BedrockInvoke"),
    _line(r"/v2/chat$", "cohere:Cohere"),
    _line(r"/v1/(chat|generate)$", "cohere_v1:CohereV1"),
    _line(r"/v[12]/(embed|rerank)$", "cohere_embed:CohereEmbed"),
    _line(r"/api/(chat|generate|embed|embeddings)$", "ollama:Ollama"),
    _line(r"/completions$", "openai_completions:OpenAICompletions"),
)

_NO_QUESTIONS = (
    (r"/count_tokens$|:(countTokens|computeTokens)$|/(de)?tokenize$", "it counts tokens and asks nothing"),
    (r"/batches(/.*)?$", "it queues questions that stand elsewhere"),
    (r"/(assistants|threads)(/.*)?$", "an assistant's work is spread over requests"),
    (r"/(images|audio|moderations|classify)(/.*)?$", "no dialect reads images, sounds or moderation"),
    (
        r":(embedContent|batchEmbedContents|predict\w*)$",
        "no dialect reads Google's embeddings and predictions",
    ),
    (
        r"/(responses|interactions)/.+$|/(models|files|uploads|vector_stores|fine_tuning|fine-tuning)(/.*)?$",
        "it asks nothing",
    ),
)
"""Paths of these APIs whose bodies may look like a question and aren't one that is read here, and why."""

_NOT_READ = tuple((re.compile(path), why) for path, why in _NO_QUESTIONS)

_added: list[Dialect] = []


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of an interaction."""

    dialect: str | None = None
    question: Question | None = None
    answer: Answer | None = None
    why: str = ""
    """Why there is no question, no answer, or no usage; empty where all three are there."""

    is_of_first: bool = False
    """Whether the question, if there is one, is that of the first dialect that reads it: what `question_of`
    gives."""


def add(dialect: Dialect) -> None:
    """Ask ``dialect`` before all others, in this process."""
    _added.insert(0, dialect)


def remove(dialect: Dialect) -> None:
    """Forget what was given to `add`."""
    _added.remove(dialect)


def dialects_for(call: Call) -> Iterator[Dialect]:
    """The dialects that recognise a request, in the order in which they are asked."""
    for dialect in (*_added, *_installed(), *_of_table(call.path)):
        if _recognises(dialect, call):
            yield dialect


def question_of(call: Call) -> Question | None:
    """What a request asks, without a look at its response; None where no dialect reads it."""
    for dialect in dialects_for(call):
        if (question := _question(dialect, call)) is not None:
            return question
    return None


def read(interaction: CapturedInteraction) -> Reading:
    """The question and the answer in an interaction, in the first dialect that reads both.

    Where none does, what one could read of it, and why not the rest.
    """
    return read_both(Call.of(interaction.request), Reply.of(interaction))


def read_both(call: Call, reply: Reply) -> Reading:
    """The same of a call and its reply."""
    partly: Reading | None = None
    for dialect in dialects_for(call):
        reading = _read(dialect, call, reply, is_first=partly is None or partly.question is None)
        if reading.question is not None and reading.answer is not None:
            return reading
        if partly is None or (partly.question is None and reading.question is not None):
            partly = reading
    return partly or _answer_alone(call, reply) or Reading(why=_unread(call))


def read_answer(interaction: CapturedInteraction) -> Reading:
    """The same without the question, where the first dialect finds an answer."""
    dialect = next(dialects_for(Call.of(interaction.request, loads)), None)
    try:
        answer = dialect.answer(Reply.of(interaction)) if dialect is not None else None
    except Exception as error:
        let_through(error)
        answer = None
    if dialect is None or answer is None or not answer.choices or answer.error is not None:
        return read(interaction)
    return Reading(dialect.name, None, answer)


def _answer_alone(call: Call, reply: Reply) -> Reading | None:
    """What the table makes of the response where the request is of no use (not JSON, or not recorded)."""
    for line in DIALECTS:
        if line.path.search(call.path):
            reading = _read(_made(line.home), call, reply)
            if reading.answer is not None:
                return reading
    return None


def _question(dialect: Dialect, call: Call) -> Question | None:
    try:
        return _sourced(dialect, call)
    except Exception as error:
        let_through(error)
        return None


def _sourced(dialect: Dialect, call: Call) -> Question:
    question = dialect.question(call)
    # It is nobody's yet, and `replace` would take ten times as long.
    object.__setattr__(question, "source", Source(dialect.name, call.host, call.document))
    return question


def _read(dialect: Dialect, call: Call, reply: Reply, *, is_first: bool = False) -> Reading:
    question, answer, why = None, None, ""
    try:
        question = _sourced(dialect, call)
    except Exception as error:
        let_through(error)
        why = _told(error)
    try:
        answer = dialect.answer(reply)
    except Exception as error:
        let_through(error)
        why = why or _told(error)
    else:
        why = why or _uncounted(answer)
    return Reading(dialect.name, question, answer, why, is_first)


def _uncounted(answer: Answer) -> str:
    """Why an answer has no usage; empty where it has."""
    if answer.usage is not None:
        return ""
    if answer.error is not None:
        return f"the provider answered with an error: {answer.error}"
    if answer.streamed and answer.is_whole:
        return "the stream carries no usage: the app did not ask for it (stream_options.include_usage)"
    return "the response carries no usage" + ("" if answer.is_whole else ": it is cut off")


def _unread(call: Call) -> str:
    told = f"no dialect reads {call.method} {call.path or '/'}"
    return next((f"{told}: {why}" for path, why in _NOT_READ if path.search(call.path)), told)


def _recognises(dialect: Dialect, call: Call) -> bool:
    try:
        return dialect.recognises(call)
    except Exception as error:
        let_through(error)
        return False


def _told(error: Exception) -> str:
    """A reason for people: ours as it stands, others with their type."""
    return str(error) if isinstance(error, DecodeError) else f"{type(error).__name__}: {error}"


def _of_table(path: str) -> Iterator[Dialect]:
    for line in _lines(path):
        yield _made(line.home)


@lru_cache(maxsize=1024)  # a corpus has few paths
def _lines(path: str) -> tuple[Line, ...]:
    lines = tuple(line for line in DIALECTS if line.path.search(path))
    if not lines and not any(no_question.search(path) for no_question, _ in _NOT_READ):
        return DIALECTS
    return lines


@cache
def _made(home: str) -> Dialect:
    module, _, name = home.partition(":")
    with loading:
        made: Dialect = getattr(import_module(f"agentrec_auto.providers.{module}"), name)()
    return made


@cache
def _installed() -> tuple[Dialect, ...]:
    """The dialects of installed packages; one that can't be loaded is left out, and said once."""
    with loading:
        from importlib.metadata import entry_points  # here: it costs some milliseconds, once

        loaded = [_loaded(entry) for entry in entry_points(group=ENTRY_POINTS)]
    return tuple(dialect for dialect in loaded if dialect is not None)


def _loaded(entry: EntryPoint) -> Dialect | None:
    try:
        made: Dialect = entry.load()()
    except Exception as error:  # somebody else's package
        let_through(error)
        _log.warning("the dialect %s can't be loaded: %s", entry.name, error)
        return None
    return made
