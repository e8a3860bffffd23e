"""Who is asked, where, in which dialect and with which key; and that what is asked is understood there."""

import json

import httpx
import pytest
from loopback import LoopbackServer
from providers.asked import CONVERSATION, WEATHER, asking, openai, recorded
from providers.questions import SCHEMA

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.cli import main
from agentrec_auto.errors import MissingAPIKeyError, UnsupportedRequestError
from agentrec_auto.migration.profiles import built_in
from agentrec_auto.migration.targets import target_for
from agentrec_auto.providers import adapting
from agentrec_auto.providers.adapter import OpenAIAdapter, ProviderAdapter
from agentrec_auto.providers.conversation import ResponseFormat, ToolChoice
from agentrec_auto.providers.registry import read
from agentrec_auto.providers.writing import dialects
from agentrec_auto.settings import TargetSettings

from .recorded import corpus
from .target import Target as TargetServer


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    """A key at every provider."""
    for profile in built_in().values():
        for name in profile.key_env:
            monkeypatch.setenv(name, f"key-of-{name}")


@pytest.fixture(scope="module")
def server():
    with LoopbackServer() as started:
        yield started


def test_profiles_are_whole():
    """Each provider's dialects have writers, its place is a URL, and it says where its key is."""
    for profile in built_in().values():
        assert {profile.dialect, *profile.also} <= set(dialects())
        assert profile.url.startswith("http") and not profile.url.endswith("/")
        assert profile.key_env or profile.auth == "none"


@pytest.mark.parametrize(
    ("model", "provider", "dialect"),
    [
        ("gpt-4.1-mini", "openai", "openai_chat"),
        ("o4-mini", "openai", "openai_chat"),
        ("claude-haiku-4-5", "anthropic", "anthropic"),
        ("gemini-2.5-flash", "gemini", "gemini"),
        ("Mistral-small-latest", "mistral", "mistral"),
        ("command-a-03-2025", "cohere", "cohere"),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "bedrock", "bedrock_converse"),
        ("grok-4", "xai", "openai_chat"),
        ("groq/llama-3.3-70b-versatile", "groq", "openai_chat"),
        ("openrouter/openai/gpt-5", "openrouter", "openai_chat"),
        ("ollama/llama3.2", "ollama", "ollama"),
    ],
)
def test_provider_of_a_model(model, provider, dialect):
    """A model's name tells its provider, or says it."""
    target = target_for(model)
    assert (target.provider, target.dialect, target.name) == (provider, dialect, model)
    assert target.model == model.removeprefix(f"{provider}/")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"model": "smollm2"},
            r"can't tell the provider of model 'smollm2': name it .* openai, .*--target-url",
        ),
        ({"model": "gpt-oss-120b"}, "can't tell the provider"),
        ({"model": "m", "provider": "nobody"}, "no provider is called 'nobody': expected one of openai"),
        (
            {"model": "m", "url": "localhost:8080"},
            "'localhost:8080' is no URL to ask: expected one such as http",
        ),
        (
            {"model": "m", "url": "http://h", "dialect": "x"},
            "nobody writes the dialect 'x': expected anthropic",
        ),
    ],
)
def test_no_such_target(options, why):
    """What names nobody is refused in words."""
    with pytest.raises(LookupError, match=why):
        target_for(**options)


@pytest.mark.parametrize(
    ("model", "url", "header"),
    [
        ("gpt-4.1", "https://api.openai.com/v1/chat/completions", ("authorization", "Bearer key-of-OPENAI_API_KEY")),
        ("claude-haiku-4-5", "https://api.anthropic.com/v1/messages", ("x-api-key", "key-of-ANTHROPIC_API_KEY")),
        (
            "gemini-2.5-flash",
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
            ("x-goog-api-key", "key-of-GEMINI_API_KEY"),
        ),
        ("mistral-small-latest", "https://api.mistral.ai/v1/chat/completions", ("authorization", "Bearer key-of-MISTRAL_API_KEY")),
        ("command-a", "https://api.cohere.com/v2/chat", ("authorization", "Bearer key-of-CO_API_KEY")),
    ],
)  # fmt: skip
def test_request(model, url, header):
    """A request goes to the provider's place, with its key."""
    asking_ = target_for(model).request(asking())
    assert asking_.url == url
    assert asking_.headers[header[0]] == header[1]
    assert asking_.headers["content-type"] == "application/json"


def test_anthropic_wants_its_version():
    """Headers beside the key's come from the writer."""
    assert target_for("claude-haiku-4-5").request(asking()).headers["anthropic-version"] == "2023-06-01"


def test_missing_key(monkeypatch):
    """Without a key the variable is named; what can't be asked at all comes first."""
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    target = target_for("claude-haiku-4-5")
    with pytest.raises(
        MissingAPIKeyError, match="ANTHROPIC_API_KEY is not set: a live call to anthropic needs it"
    ):
        target.request(asking())
    with pytest.raises(UnsupportedRequestError):
        target.request(asking(task="embedding"))


@pytest.mark.parametrize(
    ("base", "dialect", "url"),
    [
        ("http://localhost:8080/v1", None, "http://localhost:8080/v1/chat/completions"),
        ("http://localhost:8080/v1/", None, "http://localhost:8080/v1/chat/completions"),
        ("http://localhost:8080/v1/chat/completions", None, "http://localhost:8080/v1/chat/completions"),
        ("http://localhost:8080", "anthropic", "http://localhost:8080/v1/messages"),
        ("http://localhost:8080/v1", "anthropic", "http://localhost:8080/v1/messages"),
        ("http://localhost:11434", "ollama", "http://localhost:11434/api/chat"),
    ],
)
def test_own_server(base, dialect, url):
    """Any server is asked in OpenAI's dialect unless another is said, and is sent nobody's key."""
    asked = target_for("m", url=base, dialect=dialect).request(asking())
    assert asked.url == url
    assert "key-of" not in json.dumps(asked.headers)


def test_own_server_of_a_provider(monkeypatch):
    """A gateway of a provider that was named is sent that provider's key, if there is one."""
    target = target_for("gpt-4.1", provider="openai", url="https://gateway.example/v1")
    assert target.request(asking()).headers["authorization"] == "Bearer key-of-OPENAI_API_KEY"
    monkeypatch.delenv("OPENAI_API_KEY")
    assert "authorization" not in target.request(asking()).headers


def test_responses_stay_responses():
    """OpenAI is asked in Responses what was recorded in Responses, and in Chat Completions all else."""
    question = recorded(
        "https://api.openai.com/v1/responses", {"model": "gpt-4o", "input": "Hi", "x_knob": 1}
    )
    target = target_for("gpt-4.1")
    asked = target.request(question)
    assert asked.url.endswith("/v1/responses") and json.loads(asked.body)["x_knob"] == 1
    assert target.request(openai()).url.endswith("/chat/completions")
    assert target_for("gpt-4.1", provider="openai_responses").request(openai()).url.endswith("/responses")


def test_what_a_provider_refuses():
    """Members that a provider answers with an error are left out with a note; a schema it lacks is refused."""
    asked = target_for("groq/llama").request(openai(logit_bias={"1": 1}))
    assert "logit_bias" not in json.loads(asked.body)
    assert "logit_bias (its settings) left out: Groq refuses it" in asked.notes
    with pytest.raises(UnsupportedRequestError, match="a schema for the answer, and DeepSeek takes none"):
        target_for("deepseek-chat").request(asking(response_format=ResponseFormat("schema", SCHEMA)))


def test_what_openai_refuses_of_others_of_its_shape():
    """A question of vLLM's or OpenRouter's goes to OpenAI without the members that are theirs alone."""
    body = {"model": "qwen3", "messages": [{"role": "user", "content": "Hi"}], "top_k": 20, "min_p": 0.1}
    asked = target_for("gpt-4.1").request(recorded("http://localhost:8000/v1/chat/completions", body))
    assert not {"top_k", "min_p"} & json.loads(asked.body).keys()
    assert "top_k 20 left out: OpenAI refuses it" in asked.notes


OWN = TargetSettings(
    "cheap",
    "gpt-5-nano",
    url="https://llm.example/v1",
    key_env="GATEWAY_KEY",
    headers=(("x-team", "search"), ("X-Ticket", "${TICKET}")),
    options='{"reasoning_effort": "minimal"}',
)


def test_own_target(monkeypatch):
    """A target of the user's has what its table says: place, key, headers, options."""
    monkeypatch.setenv("GATEWAY_KEY", "k")
    monkeypatch.setenv("TICKET", "T-1")
    target = target_for("cheap", targets=[OWN])
    asked = target.request(asking())
    assert (target.name, target.model) == ("cheap", "gpt-5-nano")
    assert asked.url == "https://llm.example/v1/chat/completions"
    told = {name: asked.headers[name] for name in ("authorization", "x-team", "x-ticket")}
    assert told == {"authorization": "Bearer k", "x-team": "search", "x-ticket": "T-1"}
    assert json.loads(asked.body)["reasoning_effort"] == "minimal"
    assert asked.notes[-1] == "options of the target: reasoning_effort='minimal'"


def test_own_target_without_its_variables(monkeypatch):
    """A header's variable that is not set is named, and never sent as it stands."""
    monkeypatch.setenv("GATEWAY_KEY", "k")
    monkeypatch.delenv("TICKET", raising=False)
    with pytest.raises(MissingAPIKeyError, match="TICKET is not set: the target's header X-Ticket needs it"):
        target_for("cheap", targets=[OWN]).request(asking())


def test_adapter_of_the_program(monkeypatch):
    """A program's own adapter is asked for its models: in plain texts, as it builds them."""

    class Mine(OpenAIAdapter):
        name = "mine"
        host_patterns = ("mine.example",)
        model_patterns = ("mine-",)
        chat_url = "https://mine.example/chat"

    mine: ProviderAdapter = Mine()
    monkeypatch.setattr(adapting, "_adapters", [*adapting._adapters, mine])
    target = target_for("mine-1")
    assert (target.provider, target.request(asking()).url) == ("mine", "https://mine.example/chat")
    with pytest.raises(UnsupportedRequestError, match="uses tools"):
        target.request(asking(tools=(WEATHER,)))


SPOKEN = ("openai_chat", "openai_responses", "anthropic", "gemini", "ollama")


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "plain"])
@pytest.mark.parametrize("dialect", SPOKEN)
@pytest.mark.parametrize(
    ("question", "told"),
    [
        (CONVERSATION, "to: "),
        (asking(tools=(WEATHER,)), "weather"),
        (asking(response_format=ResponseFormat("schema", SCHEMA)), '"city"'),
        (asking(tools=(WEATHER,), tool_choice=ToolChoice("none")), ""),
    ],
    ids=["results", "tools", "schema", "no tools"],
)
def test_a_server_understands(server, dialect, question, told, stream):
    """A real server of the dialect answers what was asked, and the answer is read."""
    base = f"{server.url}/v1beta" if dialect == "gemini" else server.url
    base = f"{base}/v1" if dialect.startswith("openai") else base
    asked = target_for("m", url=base, dialect=dialect).request(question, stream=stream)
    response = httpx.post(asked.url, headers=asked.headers, content=asked.body)
    assert response.status_code == 200, response.text
    request = CapturedRequest("POST", asked.url, [], asked.body)
    kind = response.headers["content-type"].encode()
    chunks = [CapturedChunk(response.content)]
    reading = read(CapturedInteraction(request, 200, [(b"content-type", kind)], {}, chunks))
    assert reading.dialect == dialect and reading.answer is not None, reading.why
    assert reading.answer.streamed is stream and reading.answer.is_whole
    assert reading.answer.usage is not None and reading.answer.usage.input > 0
    said = reading.answer.text + "".join(call.name for call in reading.answer.tool_calls)
    assert told in said


@pytest.mark.parametrize("changed", ['model = "other"', 'model = "m"\noptions = { temperature = 1 }'])
def test_a_target_of_ones_own_that_was_changed(tmp_path, monkeypatch, capsys, changed):
    """What it answered as another model, or with other options, is in no report as its answer: asked anew."""
    monkeypatch.chdir(tmp_path)
    corpus(tmp_path / "corpus", ["hi"])
    words = ["--target", "mine", "--format", "md", "--out", "r"]

    def told(command, *more):
        main([command, *words, *more])
        said = capsys.readouterr()
        return said.out + said.err

    with TargetServer() as server:

        def means(lines):
            (tmp_path / "agentrec.toml").write_text(f'[target.mine]\nurl = "{server.url}"\n{lines}\n')

        means('model = "m"\noptions = { temperature = 0 }')
        assert "0 cached, 1 live" in told("migrate")
        assert "1 cached, 0 live" in told("migrate")
        means(changed)
        assert "answered when the target was another model, or had other options" in told("report")
        assert "would ask 1 question" in told("migrate", "--dry-run")
        assert "0 cached, 1 live" in told("migrate")
        assert "asked anew: when it was answered" in (tmp_path / "r.md").read_text()
        assert "1 cached" in told("report")
        assert len(server.asked) == 2
