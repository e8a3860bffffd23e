"""What is written is what the providers' own SDKs would have sent: their types take it.

openai and anthropic are always here; google-genai, mistralai, cohere, ollama and boto3 where they are installed.
"""

import base64
import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from providers.asked import CONVERSATION, IMAGE, PDF, WEATHER, asking
from providers.questions import MODELS, SCHEMA, questions

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers.conversation import ResponseFormat, Sampling, Text, ToolChoice, Turn
from agentrec_auto.providers.writing import writer_for

QUICK = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
FULL = (
    CONVERSATION,
    asking(tools=(WEATHER,), tool_choice=ToolChoice("required")),
    asking(tools=(WEATHER,), tool_choice=ToolChoice("named", "weather")),
    asking(response_format=ResponseFormat("schema", SCHEMA, "trip"), sampling=Sampling(reasoning="low")),
    asking(Turn("user", (Text("What?"), IMAGE)), sampling=Sampling(0.5, 0.5, 7, 50, ("x",), 11, 2, 0.5, 0.5)),
    asking(Turn("user", (Text("What?"), PDF))),
)


def written(question, dialect, *, stream=True):
    try:
        return writer_for(dialect).write(question, MODELS[dialect], stream=stream)
    except UnsupportedRequestError:
        return None


def takes_openai_chat(bodies):
    judged("openai.types.chat.completion_create_params", "CompletionCreateParamsStreaming", bodies)


def takes_openai_responses(bodies):
    judged("openai.types.responses.response_create_params", "ResponseCreateParamsStreaming", bodies)


def takes_anthropic(bodies):
    # sampling is gone from the types of 2.x, and taken by models before Opus 4.7
    sampling = ("temperature", "top_p", "top_k")
    plain = [{name: one for name, one in body.items() if name not in sampling} for body in bodies]
    judged("anthropic.types.message_create_params", "MessageCreateParamsStreaming", plain)


JUDGE = """
import json, sys, typing
typing.Iterable = typing.List  # pydantic looks into a list; into what is only iterable it does not
module, name = sys.argv[1:]
kind = getattr(__import__(module, fromlist=[name]), name)
known = set(typing.get_type_hints(kind))
adapter = __import__("pydantic").TypeAdapter(kind)
for body in json.load(sys.stdin):
    assert body.keys() <= known, body.keys() - known
    adapter.validate_python(body)
"""


def judged(module, name, bodies):
    """A process of its own validates bodies by a TypedDict of an SDK."""
    command = [sys.executable, "-c", JUDGE, module, name]
    ran = subprocess.run(command, input=json.dumps(bodies), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]


def takes_gemini(bodies):
    types = pytest.importorskip("google.genai.types", reason="google-genai is not installed")
    for body in bodies:
        assert body.keys() <= {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig"}
        for content in [*body["contents"], body.get("systemInstruction", {})]:
            types.Content.model_validate(content)
        for tool in body.get("tools", []):
            types.Tool.model_validate(tool)
        types.ToolConfig.model_validate(body.get("toolConfig", {}))
        types.GenerationConfig.model_validate(body.get("generationConfig", {}))


def takes_mistral(bodies):
    home = "mistralai.client.models.chatcompletionrequest"
    model = pytest.importorskip(home, reason="mistralai is not installed").ChatCompletionRequest
    for body in bodies:
        assert body.keys() <= {field.alias or name for name, field in model.model_fields.items()}
        model.model_validate(body)


def takes_cohere(bodies):
    cohere = pytest.importorskip("cohere", reason="cohere is not installed")
    from pydantic import TypeAdapter

    for body in bodies:
        TypeAdapter(list[cohere.ChatMessageV2]).validate_python(body["messages"])
        TypeAdapter(list[cohere.ToolV2]).validate_python(body.get("tools", []))


def takes_ollama(bodies):
    types = pytest.importorskip("ollama._types", reason="ollama is not installed")
    for body in bodies:
        told = types.ChatRequest.model_validate(body)
        assert told.options is None or not getattr(told.options, "model_extra", None)


def takes_bedrock_converse(bodies):
    session = pytest.importorskip("botocore.session", reason="botocore is not installed").get_session()
    from botocore.validate import ParamValidator

    model = session.get_service_model("bedrock-runtime")
    shape = model.operation_model("Converse").input_shape
    for body in bodies:
        report = ParamValidator().validate({"modelId": "m", **decoded(json.loads(json.dumps(body)))}, shape)
        assert not report.has_errors(), report.generate_report()


def decoded(value):
    """A body with bytes where the wire has base64."""
    if isinstance(value, list):
        return [decoded(one) for one in value]
    if isinstance(value, dict):
        return {
            name: base64.b64decode(one) if name == "bytes" else decoded(one) for name, one in value.items()
        }
    return value


TAKES = {
    name.removeprefix("takes_"): takes for name, takes in dict(globals()).items() if name.startswith("takes_")
}
IN_EACH = pytest.mark.parametrize("dialect", sorted(TAKES))


def test_all_are_there():
    """Every dialect with a writer is held to its SDK."""
    assert sorted(TAKES) == sorted(MODELS)


@IN_EACH
def test_sdk_takes(dialect):
    """Tools, choices, schemas, images, files and every setting, and whatever else is asked, in the SDK's types."""
    bodies = [told.body for question in FULL if (told := written(question, dialect)) is not None]

    @QUICK
    @given(questions())
    def more(question):
        if (told := written(question, dialect)) is not None:
            bodies.append(told.body)

    more()
    assert len(bodies) > 20
    TAKES[dialect](bodies)
