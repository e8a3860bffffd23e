"""Which dialect reads what, and how others bring theirs."""

import sys

import pytest
from providers.reads import exchange
from providers.spoken import ANTHROPIC, GEMINI, OPENAI_CHAT, OPENAI_RESPONSES
from providers.spoken.said import interaction

from agentrec_auto.providers import registry
from agentrec_auto.providers.conversation import Answer, Choice, Question, Text, Turn
from agentrec_auto.providers.dialect import Call, Dialect
from agentrec_auto.providers.registry import DIALECTS, read


class Shout(Dialect):
    """An API that shouts."""

    name = "shout"

    def recognises(self, call):
        return call.path == "/shout"

    def question(self, call):
        return Question(call.model, (Turn("user", (Text(call.document["loud"]),)),))

    def read(self, document):
        return Answer((Choice((Text(document["back"]),)),))


SHOUTED = exchange("https://x/shout", {"loud": "HI"}, {"back": "HO"})


@pytest.fixture
def shout():
    dialect = Shout()
    registry.add(dialect)
    yield dialect
    registry.remove(dialect)


def test_unknown():
    """What no dialect reads is declined in words, never raised."""
    told = read(SHOUTED)
    assert (told.dialect, told.question, told.answer) == (None, None, None)
    assert told.why == "no dialect reads POST /shout"


def test_added(shout):
    """A dialect that the program adds reads its own."""
    told = read(SHOUTED)
    assert (told.dialect, told.question.turns[0].text, told.answer.text) == ("shout", "HI", "HO")


def test_added_is_asked_first(shout):
    """It is asked before ours, also about what ours would read."""
    shout.recognises = lambda call: True
    shout.question = lambda call: Question("m", ())
    shout.read = lambda document: Answer((Choice((Text("mine"),)),))
    assert read(interaction(OPENAI_CHAT)).answer.text == "mine"


@pytest.mark.parametrize("method", ["recognises", "question", "read"])
def test_failing(shout, method):
    """A dialect that fails is passed over: nothing is raised out of the registry."""

    def fail(*args):
        raise OSError("oops")

    setattr(shout, method, fail)
    told = read(SHOUTED)
    assert told.question is None or told.answer is None
    assert "oops" in told.why or method == "recognises"


PACKAGE = {
    "shouting.py": """
from agentrec_auto.providers.conversation import Answer, Choice, Question, Text
from agentrec_auto.providers.dialect import Dialect

class Shout(Dialect):
    name = "shout"
    def recognises(self, call):
        return call.path == "/shout"
    def question(self, call):
        return Question("m", ())
    def read(self, document):
        return Answer((Choice((Text("heard"),)),))
""",
    "shouting-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: shouting\nVersion: 1\n",
    "shouting-1.dist-info/entry_points.txt": (
        "[agentrec_auto.dialects]\nbroken = no_such_module:X\nshout = shouting:Shout\n"
    ),
}


def test_installed(tmp_path, monkeypatch, caplog):
    """A package's dialect is found by its entry point; one that can't be loaded is told of, and left out."""
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    registry._installed.cache_clear()
    try:
        assert read(SHOUTED).answer.text == "heard"
        assert "the dialect broken can't be loaded" in caplog.text
    finally:
        registry._installed.cache_clear()
        sys.modules.pop("shouting", None)


def test_table():
    """Every line of the table leads to a dialect, and no two have one name."""
    names = [registry._made(line.home).name for line in DIALECTS]
    assert len(names) == len({*names}) >= 14


BY_SHAPE = [OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC, GEMINI]


@pytest.mark.parametrize("spoken", BY_SHAPE, ids=lambda spoken: spoken.name)
@pytest.mark.parametrize("url", ["https://gateway.example/v9/ask", "**REDACTED**"])
@pytest.mark.parametrize("streamed", [False, True])
def test_by_shape(spoken, url, streamed):
    """Behind a gateway's own path, or where an importer lost the URL, the shape of the bodies tells."""
    told = interaction(spoken, streamed=streamed)
    told.request.url = url
    assert read(told).dialect == spoken.name
    assert read(told).answer.text == "Sunny ☀."


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/v1/messages/count_tokens", "counts tokens"),
        ("/v1/messages/batches", "stand elsewhere"),
        ("/v1/threads/t_1/runs", "an assistant's work"),
        ("/v1/images/generations", "images"),
        ("/v1/files", "asks nothing"),
        ("/v1/responses/resp_1/input_items", "asks nothing"),
    ],
)
def test_no_question(path, why):
    """What looks like a question and isn't one, or isn't read, is told with the reason."""
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "input": "Hi", "prompt": "Hi"}
    told = read(exchange(f"https://api.example{path}", body, {"id": "x"}))
    assert told.question is None
    assert told.why.startswith(f"no dialect reads POST {path}: ") and why in told.why


def test_get():
    """A question is posted."""
    told = read(exchange("https://api.openai.com/v1/chat/completions", b"", {"object": "list"}, method="GET"))
    assert told.question is None


@pytest.mark.parametrize("url", ["", "http://[", "nonsense", "https://"])
def test_odd_urls(url):
    """Whatever stands for a URL."""
    assert read(exchange(url, {"a": 1}, {})).question is None


def test_answer_alone():
    """Where the request is lost, the path still tells how to read the answer."""
    told = read(exchange(OPENAI_CHAT.url, b"", OPENAI_CHAT.answer))
    assert told.question is None and told.answer.text == "Sunny ☀."


def test_encoded_body():
    """A body under a content-encoding is decoded; one that only claims to be is read as it is."""
    import gzip
    import json

    body = json.dumps(OPENAI_CHAT.answer).encode()
    for stored in (gzip.compress(body), body):
        told = exchange(OPENAI_CHAT.url, OPENAI_CHAT.ask, stored, headers=[(b"Content-Encoding", b"gzip")])
        assert read(told).answer.text == "Sunny ☀."


def test_call():
    """What a dialect is shown of a request."""
    call = Call.of(exchange(GEMINI.stream_url, GEMINI.ask).request)
    assert (call.method, call.host, call.path) == (
        "POST",
        "generativelanguage.googleapis.com",
        "/v1/models/m:streamGenerateContent",
    )
    assert (call.model, call.streamed, call.document) == ("m", True, GEMINI.ask)
