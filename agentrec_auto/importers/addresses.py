"""Where a call goes: the endpoints of providers, and which one a call went to that doesn't say."""

from __future__ import annotations

import json
import re
from typing import Any

CHAT = {
    "openai": "https://api.openai.com/v1/chat/completions",
    "mistral": "https://api.mistral.ai/v1/chat/completions",
    "groq": "https://api.groq.com/openai/v1/chat/completions",
    "deepseek": "https://api.deepseek.com/chat/completions",
    "together": "https://api.together.xyz/v1/chat/completions",
    "fireworks": "https://api.fireworks.ai/inference/v1/chat/completions",
    "openrouter": "https://openrouter.ai/api/v1/chat/completions",
    "perplexity": "https://api.perplexity.ai/chat/completions",
    "xai": "https://api.x.ai/v1/chat/completions",
    "cerebras": "https://api.cerebras.ai/v1/chat/completions",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
    "cohere": "https://api.cohere.ai/compatibility/v1/chat/completions",
    "ollama": "http://localhost:11434/v1/chat/completions",
    "bedrock": "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/chat/completions",
    "azure": "https://azure.openai.com/openai/v1/chat/completions",
}
"""Provider → where it answers OpenAI's Chat Completions, which all of these do."""

MESSAGES = "https://api.anthropic.com/v1/messages"

_PROVIDERS = (
    (r"anthropic|claude", "anthropic"),
    (r"azure", "azure"),
    (r"bedrock|aws|amazon", "bedrock"),
    (r"google|gemini|vertex", "gemini"),
    (r"mistral|mixtral|codestral|ministral|magistral", "mistral"),
    (r"groq", "groq"),
    (r"deepseek", "deepseek"),
    (r"together", "together"),
    (r"fireworks", "fireworks"),
    (r"openrouter", "openrouter"),
    (r"perplexity|sonar", "perplexity"),
    (r"x_?ai\b|grok", "xai"),
    (r"cerebras", "cerebras"),
    (r"cohere|command-", "cohere"),
    (r"ollama|llama", "ollama"),
    (r"openai|gpt|chatgpt|\bo[1-9]\b|davinci", "openai"),
)
_WORDS = tuple((re.compile(pattern, re.IGNORECASE), provider) for pattern, provider in _PROVIDERS)


def provider_named(*words: str | None) -> str:
    """The provider that a word tells, the first that tells one: its name, or that of a model; else openai."""
    for word in words:
        for pattern, provider in _WORDS:
            if word and pattern.search(word):
                return provider
    return "openai"


def address_of(asked: bytes, answer: bytes) -> str | None:
    """The URL of a call by its bodies; None where they don't tell."""
    request, response = _document(asked), _document(answer)
    kind = response.get("object") or response.get("type")
    if kind in ("message", "message_start") or "anthropic_version" in request:
        return MESSAGES
    if kind in ("response", "response.created") or ("input" in request and "instructions" in request):
        return "https://api.openai.com/v1/responses"
    if "contents" in request:
        model = response.get("modelVersion") or "unknown"
        return f"https://generativelanguage.googleapis.com/v1beta/models/{model}:generateContent"
    if "messages" in request:
        if "system" in request and "max_tokens" in request and kind is None:
            return MESSAGES
        return CHAT["openai"]
    if "input" in request:
        return "https://api.openai.com/v1/" + ("embeddings" if kind == "list" else "responses")
    if "prompt" in request:
        return "https://api.openai.com/v1/completions"
    return None


def _document(data: bytes) -> dict[str, Any]:
    """A body as JSON; of a stream, the first event that says what it is."""
    for piece in (data, *(line[5:] for line in data.split(b"\n", 20)[:20] if line.startswith(b"data:"))):
        try:
            value = json.loads(piece)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    return {}
