"""For every question and every two dialects: what is written is what was asked, or it is said what isn't."""

from dataclasses import fields

import pytest
from hypothesis import HealthCheck, assume, given, settings
from providers.questions import MODELS, questions, read_back

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.keying.semantic import semantic_key_of
from agentrec_auto.providers.conversation import Sampling
from agentrec_auto.providers.writing import WRITERS, writer_for

DIALECTS = sorted(WRITERS)
PAIRS = [(one, other) for one in DIALECTS for other in DIALECTS if one != other]
IN_EACH = pytest.mark.parametrize("dialect", DIALECTS)
EVERY_PAIR = pytest.mark.parametrize(("read_in", "asked_in"), PAIRS, ids=lambda one: one)
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)

CHANGES_THE_QUESTION = (
    "texts of one message",
    "images stand behind",
    "JSON mode",
    "tools left out",
    "only the tools that may",
)
"""Beginnings of the notes by which a question is another; in these tests no schema is closed."""


def write(question, dialect, **options):
    return writer_for(dialect).write(question, MODELS[dialect], stream=True, **options)


def written_first(question, dialect):
    """A question as a dialect's client would have asked it."""
    try:
        return write(question, dialect)
    except UnsupportedRequestError:
        return assume(False)


def told_of(name, notes):
    """Whether the notes speak of a field of `Sampling`."""
    spoken = {"max_tokens": "max_tokens", "n": "n=", "top_p": ("top_p", "topP", "p "), "stop": "stop"}
    told = {"top_k": "top_k", "frequency_penalty": "frequency", "presence_penalty": "presence"}
    return any(note.startswith({**spoken, **told}.get(name, name)) for note in notes)


def test_all_are_there():
    """Every dialect that this page speaks of has a model here."""
    assert DIALECTS == sorted(MODELS)


@IN_EACH
@QUICK
@given(questions())
def test_written_is_read(dialect, question):
    """A question written in a dialect is read there as the same question."""
    written = written_first(question, dialect)
    back = read_back(dialect, written)
    if not any(note.startswith(CHANGES_THE_QUESTION) for note in written.notes):
        assert semantic_key_of(back) == semantic_key_of(question)


@EVERY_PAIR
@settings(QUICK, max_examples=8)
@given(questions())
def test_translated_is_the_same(read_in, asked_in, question):
    """A question read in one dialect and asked in another is the same question, or a note says how not."""
    recorded = read_back(read_in, written_first(question, read_in))
    try:
        written = write(recorded, asked_in)
    except UnsupportedRequestError as error:
        assert str(error)[:1].islower() or str(error).startswith(("Mistral", "Gemini", "OpenAI"))
        return
    assert write(recorded, asked_in) == written  # whatever was made up for it
    back = read_back(asked_in, written)
    if not any(note.startswith(CHANGES_THE_QUESTION) for note in written.notes):
        assert semantic_key_of(back) == semantic_key_of(recorded)
    for field in fields(Sampling):
        before, after = getattr(recorded.sampling, field.name), getattr(back.sampling, field.name)
        if field.name == "reasoning" or before in (None, ()) or (field.name == "n" and before == 1):
            continue
        if field.name == "top_p" and before == 1:  # says nothing
            continue
        assert before == after or told_of(field.name, written.notes), (field.name, written.notes)


@IN_EACH
@QUICK
@given(questions())
def test_own_dialect_is_as_recorded(dialect, question):
    """Asked of the model that it was recorded with, a question is its recorded body, member by member."""
    written = written_first(question, dialect)
    body = {**written.body, "x_new_knob": {"on": True}}
    recorded = read_back(dialect, type(written)(written.path, body, {}, ()))
    again = write(recorded, dialect)
    assert again.body == body
