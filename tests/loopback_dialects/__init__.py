"""What the loopback server answers: each LLM dialect as bytes, decided without any I/O.

`answer` takes an `Ask` (a request with its number) and gives an `Answer`: one body, or the events of a
stream. A text answer is ``answer 7 to: <last user text>``, where 7 is the request's number, so that no
two calls are answered alike; a question with tools is answered by a call of the first tool; a question
with a JSON schema by an instance of it. The control ``say`` sets the text, and wins over all that.

Shapes after the public API references: Chat Completions, Responses, Embeddings, Files and what else OpenAI has;
Anthropic Messages, on Vertex AI too; Gemini; Ollama; Bedrock Converse and InvokeModel; Cohere; Replicate.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from loopback_dialects.anthropic_messages import count_tokens, messages
from loopback_dialects.base import Answer, Ask, Json, as_json
from loopback_dialects.bedrock import async_invoke, converse, invoke
from loopback_dialects.cohere import chat_v1, chat_v2, embed, rerank
from loopback_dialects.gemini import gemini, gemini_count, gemini_embed, vertex_messages
from loopback_dialects.ollama import ollama, ollama_embed
from loopback_dialects.openai_chat import chat
from loopback_dialects.openai_media import completions, images, moderations, speech, transcriptions
from loopback_dialects.openai_responses import responses
from loopback_dialects.openai_rest import embeddings, files, models
from loopback_dialects.replicate import prediction, prediction_stream, predictions

__all__ = ["Answer", "Ask", "answer", "failure"]


def answer(ask: Ask) -> Answer:
    """The answer that ask's dialect gives; a path nobody speaks gets a 404."""
    for pattern, speak in ROUTES:
        if re.search(pattern, ask.path):
            return speak(ask)
    return failure(ask, 404, f"no such path: {ask.method} {ask.path}")


def failure(ask: Ask, status: int, message: str) -> Answer:
    """An error in the shape of ask's dialect."""
    kind = ERROR_TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
    error: Json = {"type": kind, "message": message}
    if re.search(r"/messages(/|$)", ask.path):
        body: Json = {"type": "error", "error": error, "request_id": f"req_{ask.number}"}
    elif ":" in ask.path.rpartition("/")[2]:
        body = {"error": {"code": status, "message": message, "status": kind.upper()}}
    elif ask.path.startswith("/model/"):
        body = {"message": message}
    elif ask.path.startswith("/api/"):
        body = {"error": message}
    else:
        body = {"error": {**error, "param": None, "code": kind}}
    # A retry of the SDKs takes their word for how long to wait; without it each would sleep half a second.
    quick = (("retry-after-ms", "1"),) if status in (408, 409, 429) or status >= 500 else ()
    return Answer(status, body=as_json(body), headers=quick)


ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def telemetry(ask: Ask) -> Answer:
    """``/v1/traces/ingest``: what openai-agents posts to an LLM host without asking a model anything."""
    return Answer(status=204)


def hello(ask: Ask) -> Answer:
    """``/hello``: a page that has nothing to do with LLMs."""
    text = ask.controls.get("say", f"hello {ask.number}")
    return Answer(content_type="text/plain; charset=utf-8", body=text.encode())


ROUTES: tuple[tuple[str, Callable[[Ask], Answer]], ...] = (
    (r"/chat/completions$", chat),
    (r"/responses$", responses),
    (r"/completions$", completions),
    (r"^/api/(embed|embeddings)$", ollama_embed),
    (r"/embeddings$", embeddings),
    (r"/audio/speech$", speech),
    (r"/audio/(transcriptions|translations)$", transcriptions),
    (r"/images/(generations|edits)$", images),
    (r"/moderations$", moderations),
    (r"/v2/chat$", chat_v2),
    (r"/v1/chat$", chat_v1),
    (r"/v[12]/embed$", embed),
    (r"/v[12]/rerank$", rerank),
    (r"/predictions$", predictions),
    (r"/predictions/[^/]+$", prediction),
    (r"/v1/files/[^/]+$", prediction_stream),
    (r"/files$", files),
    (r"/messages$", messages),
    (r"/messages/count_tokens$", count_tokens),
    (r":(g|streamG)enerateContent$", gemini),
    (r":countTokens$", gemini_count),
    (r":(batchEmbedContents|embedContent)$", gemini_embed),
    (r":(rawPredict|streamRawPredict)$", vertex_messages),
    (r"^/api/(chat|generate)$", ollama),
    (r"^/model/[^/]+/converse(-stream)?$", converse),
    (r"^/model/[^/]+/invoke(-with-response-stream)?$", invoke),
    (r"^/async-invoke$", async_invoke),
    (r"/models(/[^/:]+)?$", models),
    (r"/traces/ingest$", telemetry),
    (r"^/hello", hello),
)
