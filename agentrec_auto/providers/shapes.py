"""Which dialect a request speaks, told by method, path and body: never by host alone.

Gateways and local servers carry every dialect on any host, and LLM hosts carry traffic that is no LLM
call (openai-agents posts its traces to ``api.openai.com/v1/traces/ingest``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from agentrec_auto.providers.hosts import is_llm_host


@dataclass(frozen=True, slots=True)
class Shape:
    """A family of paths, and how much they say by themselves."""

    dialect: str
    path: re.Pattern[str]
    distinctive: bool = True
    """Whether the path alone tells; else, on hosts we don't know, the body must ask a model too."""


def _shape(dialect: str, pattern: str, *, distinctive: bool = True) -> Shape:
    return Shape(dialect, re.compile(pattern), distinctive)


_OPENAI_REST = (
    "models|files|batches|vector_stores|assistants|threads|conversations|uploads"
    "|fine_tuning|containers|evals|videos|skills"
)
_GEMINI_OWN = "tunedModels|cachedContents|fileSearchStores|interactions"
_GEMINI_REST = f"models|files|batches|operations|{_GEMINI_OWN}"

SHAPES = (
    _shape("openai", r"/chat/completions(/.*)?$"),
    _shape("mistral", r"/(fim|agents)/completions$"),
    _shape("gemini", r"/models/[^/]+:\w+$"),
    _shape("gemini", r":(raw|streamRaw)Predict$"),
    _shape("bedrock", r"/model/[^/]+/(converse|converse-stream|invoke|invoke-with-response-stream)$"),
    _shape("bedrock", r"/async-invoke(/[^/]+)?$"),
    _shape("anthropic", r"/messages/(count_tokens|batches(/.*)?)$"),
    _shape("anthropic", r"/messages$", distinctive=False),
    _shape("ollama", r"/api/(chat|generate|embed|embeddings)$", distinctive=False),
    _shape("cohere", r"/v[12]/(chat|embed|rerank|classify)$", distinctive=False),
    _shape("openai", r"/audio/(speech|transcriptions|translations)$"),
    _shape("openai", r"/images/(generations|edits|variations)$"),
    _shape("openai", r"/responses/resp_[^/]*(/.*)?$"),  # a background response that is waited for
    _shape("openai", r"/responses(/.*)?$", distinctive=False),
    _shape("openai", r"/v1/moderations$"),  # openai leaves the model out, unless the app names one
    _shape("openai", r"/(completions|embeddings|moderations|rerank)$", distinctive=False),
    _shape("replicate", r"/v1/predictions(/[^/]+(/cancel)?)?$"),
    _shape("replicate", r"/predictions(/.*)?$", distinctive=False),
    _shape("openai", rf"/(v1|openai)/({_OPENAI_REST})(/.*)?$"),  # Azure's are below /openai
    _shape("gemini", rf"/v1(alpha|beta)\d*/({_GEMINI_REST})(/.*)?$"),
    _shape("gemini", rf"/v1/({_GEMINI_OWN})(/.*)?$"),  # where google-genai 3.4 asks
)

_TELEMETRY = re.compile(
    r"/traces/ingest$|/otel/|/api/public/|/v1/(traces|metrics|logs)$|/api/show$|/api/tags$"
)
_PATH_MODEL = re.compile(r"/(?:models|model|deployments)/([^/:]+(?::\d+)?)")
_QUESTION = ("messages", "input", "prompt", "contents", "message", "query", "texts")


def dialect_of(path: str) -> str | None:
    """The dialect whose shape ``path`` has, or None."""
    for shape in SHAPES:
        if shape.path.search(path):
            return shape.dialect
    return None


def is_llm_call(method: str, host: str, path: str, document: Callable[[], object]) -> bool:
    """Whether a request is LLM traffic.

    ``document`` gives the body parsed as JSON (None where it is none); it is asked only if method,
    host and path leave the question open.
    """
    if _TELEMETRY.search(path):
        return False
    if is_llm_host(host):
        return True
    for shape in SHAPES:
        if shape.path.search(path) and (shape.distinctive or asks_a_model(document())):
            return True
    return method == "POST" and asks_a_model(document())


def asks_a_model(document: object) -> bool:
    """Whether a JSON body has the shape of a question to a model: ``model`` and something to answer; or, as
    Hugging Face's servers are asked, which hold but one model, text as ``inputs``, and ``parameters``."""
    if not isinstance(document, dict):
        return False
    if "model" in document:
        return any(name in document for name in _QUESTION)
    return isinstance(document.get("inputs"), str) and isinstance(document.get("parameters"), dict)


def model_of(path: str, document: object) -> str | None:
    """The model asked, from the body or, as Gemini, Bedrock and Azure have it, from the path."""
    model = model_in(document)
    if model is None and (match := _PATH_MODEL.search(path)):
        return unquote(match.group(1))
    return model


def model_in(document: object) -> str | None:
    """The model that a body names."""
    if isinstance(document, dict) and isinstance(model := document.get("model"), str):
        return model or None
    return None


def is_streamed(path: str, document: object) -> bool:
    """Whether the request asks for a stream, by its body or by its path."""
    return is_stream_in(document) or "stream" in path.rsplit("/", 1)[-1].lower()


def is_stream_in(document: object) -> bool:
    """Whether a body asks for a stream."""
    return isinstance(document, dict) and document.get("stream") is True
