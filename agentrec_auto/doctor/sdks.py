"""What is known of LLM SDKs beforehand, where their metadata doesn't tell which HTTP library they call by."""

from __future__ import annotations

from dataclasses import dataclass

HTTP_LIBRARIES = {
    "httpx": "httpx",
    "httpx2": "httpx2",
    "aiohttp": "aiohttp",
    "urllib3": "urllib3",
    "requests": "urllib3",
    "botocore": "urllib3",
    "grpcio": "gRPC",
    "lm15": "lm15",
}
"""Distribution → what carries its calls: requests and botocore send by urllib3. Those that no seam knows
are named as not covered."""

CARRIERS = {
    "httpx": "httpx",
    "httpx2": "httpx2",
    "aiohttp": "aiohttp",
    "urllib3": "urllib3",
    "lm15.transports._sync": "lm15",
    "dspy._vendor.lm15.transports._sync": "lm15",
}
"""Module that a seam is put into → what carries a call there. Of an SDK's two transports one tells."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an SDK does that its requirements don't say."""

    calls_by: str
    """What carries its calls."""

    since: tuple[int, ...] = ()
    """The first version for which it holds."""

    only: str = ""
    """The part of it that is concerned; empty where all of it is."""

    where: str = ""
    """Holds only where this distribution is installed, too."""


KNOWN = {
    "google-genai": Known("aiohttp", only="its async client", where="aiohttp"),
    "google-generativeai": Known("gRPC"),
    "google-cloud-aiplatform": Known("gRPC", only="vertexai's own models"),
    "dspy": Known("lm15", since=(3, 4), only="its default engine"),
    "lm15": Known("lm15"),
    "boto3": Known("urllib3"),
    "xai-sdk": Known("gRPC"),
    "claude-agent-sdk": Known("a native program"),
}
"""Distribution → what it is to be judged by (google-genai ``_api_client.py``, dspy ``_vendor/lm15``)."""

_MODULES = {"google-genai": "google.genai", "fireworks-ai": "fireworks"}


def module_of(distribution: str) -> str:
    """The name by which an SDK is imported."""
    return _MODULES.get(distribution, distribution.replace("-", "_"))


SDKS = (
    *("openai", "anthropic", "google-genai", "google-generativeai", "google-cloud-aiplatform", "mistralai"),
    *("cohere", "groq", "together", "fireworks-ai", "ollama", "replicate", "portkey-ai", "huggingface-hub"),
    *("litellm", "dspy", "lm15", "boto3", "xai-sdk", "claude-agent-sdk"),
    *("langchain-openai", "langchain-anthropic", "langchain-google-genai", "instructor", "openai-agents"),
)
"""Distributions to look for."""
