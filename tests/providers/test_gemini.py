"""What only Gemini's API has."""

import pytest
from providers.reads import answer, question, reading
from providers.spoken.said import CODED, IMAGE

from agentrec_auto.providers.conversation import (
    Media,
    Other,
    Reasoning,
    ResponseFormat,
    Text,
    Tool,
    ToolChoice,
    Turn,
    Usage,
)

URL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent"
HI = {"role": "user", "parts": [{"text": "Hi"}]}


def given(*parts, **more):
    candidate = {"content": {"role": "model", "parts": list(parts)}, "finishReason": "STOP", **more}
    return answer(URL, {"contents": [HI]}, {"candidates": [candidate]})


@pytest.mark.parametrize(
    "url",
    [
        URL,
        URL.replace("v1beta", "v1"),
        "https://x-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-flash:generateContent",
    ],
)
def test_paths(url):
    """v1, v1beta and Vertex; the model is in the path."""
    told = reading(url, {"contents": [HI]}, {"candidates": [{"content": {"parts": [{"text": "x"}]}}]})
    assert (told.dialect, told.question.model, told.answer.text) == ("gemini", "gemini-2.5-flash", "x")


def test_snake_case():
    """The proto's own spelling is read as the servers read it."""
    told = question(
        URL,
        {
            "system_instruction": {"parts": [{"text": "S"}]},
            "contents": [{"parts": [{"inline_data": {"mime_type": "image/png", "data": CODED}}]}],
            "generation_config": {"max_output_tokens": 5, "top_k": 3, "candidate_count": 2},
        },
    )
    assert told.system == ("S",)
    assert (told.turns[0].role, told.turns[0].parts[0].size) == ("user", len(IMAGE))
    assert (told.sampling.max_tokens, told.sampling.top_k, told.sampling.n) == (5, 3, 2)


def test_thoughts():
    """Thoughts are parts with a mark."""
    told = given({"text": "hm", "thought": True}, {"text": "x", "thoughtSignature": "s"})
    assert told.first.parts == (Reasoning("hm"), Text("x"))


def test_file():
    """A file elsewhere is named by its place, and by the kind that its type says."""
    part = {"fileData": {"mimeType": "video/mp4", "fileUri": "gs://b/v.mp4"}}
    assert question(URL, {"contents": [{"role": "user", "parts": [part]}]}).turns == (
        Turn("user", (Media("video", "video/mp4", url="gs://b/v.mp4"),)),
    )


def test_code_execution():
    """What only Gemini has is told by its name."""
    part = {"executableCode": {"language": "PYTHON", "code": "1"}}
    assert given(part).first.parts == (Other("executableCode", part),)


def test_blocked_prompt():
    """A prompt that was blocked has no candidates; the reason stands in their place."""
    told = answer(URL, {"contents": [HI]}, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}})
    assert (told.finish_reason, told.first.raw_finish_reason) == ("filtered", "PROHIBITED_CONTENT")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("MAX_TOKENS", "length"),
        ("RECITATION", "filtered"),
        ("MALFORMED_FUNCTION_CALL", "error"),
        ("OTHER", "other"),
        ("FINISH_REASON_UNSPECIFIED", None),
    ],
)
def test_finish_reasons(raw, told):
    """Its many reasons to stop, in our few."""
    assert given({"text": "x"}, finishReason=raw).finish_reason == told


def test_schema_types():
    """Types in the proto's capitals are JSON Schema's."""
    schema = {
        "type": "OBJECT",
        "properties": {"type": {"type": "STRING"}, "n": {"type": "ARRAY", "items": {"type": "INTEGER"}}},
    }
    told = question(
        URL,
        {
            "contents": [HI],
            "generationConfig": {"responseMimeType": "application/json", "responseSchema": schema},
        },
    )
    assert told.response_format == ResponseFormat(
        "schema",
        {
            "type": "object",
            "properties": {"type": {"type": "string"}, "n": {"type": "array", "items": {"type": "integer"}}},
        },
    )


def test_json_mode():
    """A MIME type alone asks for JSON of any shape."""
    config = {"responseMimeType": "application/json"}
    assert question(URL, {"contents": [HI], "generationConfig": config}).response_format == ResponseFormat(
        "json"
    )


def test_search():
    """Google's own tools are named by kind."""
    assert question(URL, {"contents": [HI], "tools": [{"googleSearch": {}}]}).tools == (
        Tool("googleSearch", kind="googleSearch", settings={}),
    )


def test_one_allowed_tool():
    """A call forced to one tool."""
    config = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}}
    assert question(URL, {"contents": [HI], "toolConfig": config}).tool_choice == ToolChoice("named", "f")


def test_cached_content():
    """What the provider keeps, and this goes on from, is named."""
    assert (
        question(URL, {"contents": [HI], "cachedContent": "cachedContents/1"}).continues == "cachedContents/1"
    )


def test_tool_use_tokens():
    """Tokens that tools brought along are input."""
    usage = {"promptTokenCount": 10, "toolUsePromptTokenCount": 5, "candidatesTokenCount": 2}
    told = answer(URL, {"contents": [HI]}, {"candidates": [{}], "usageMetadata": usage})
    assert told.usage == Usage(input=15, output=2)


def test_error_array():
    """The error of a stream may come in an array."""
    told = answer(
        URL, {"contents": [HI]}, [{"error": {"code": 503, "message": "Overloaded", "status": "UNAVAILABLE"}}]
    )
    assert told.error == "UNAVAILABLE: Overloaded"


@pytest.mark.parametrize("verb", ["countTokens", "embedContent", "batchEmbedContents"])
def test_other_verbs(verb):
    """What isn't a question, or isn't read, is declined in words."""
    told = reading(URL.replace("generateContent", verb), {"contents": [HI]}, {"totalTokens": 3})
    assert told.question is None and told.why.startswith("no dialect reads POST")
    assert told.why.count(":") == 2
