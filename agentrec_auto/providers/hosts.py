"""Names known beforehand: hosts that serve language models, and the modules of their SDKs.

Strings only: read by the connection watch in processes that may never make an LLM call.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LLM_HOSTS = (
    "api.openai.com",
    "openai.azure.com",
    "cognitiveservices.azure.com",
    "services.ai.azure.com",
    "api.anthropic.com",
    "generativelanguage.googleapis.com",
    "aiplatform.googleapis.com",
    "api.mistral.ai",
    "codestral.mistral.ai",
    "api.cohere.com",
    "api.cohere.ai",
    "api.groq.com",
    "api.together.xyz",
    "api.together.ai",
    "api.fireworks.ai",
    "api.deepseek.com",
    "api.perplexity.ai",
    "api.x.ai",
    "api.cerebras.ai",
    "api.sambanova.ai",
    "api.replicate.com",
    "stream.replicate.com",
    "api.voyageai.com",
    "api.jina.ai",
    "api.ai21.com",
    "api.moonshot.ai",
    "api.moonshot.cn",
    "api.minimax.io",
    "api.novita.ai",
    "api.deepinfra.com",
    "api.studio.nebius.ai",
    "api.portkey.ai",
    "openrouter.ai",
    "router.huggingface.co",
    "api-inference.huggingface.co",
    "endpoints.huggingface.cloud",
    "integrate.api.nvidia.com",
    "dashscope.aliyuncs.com",
    "dashscope-intl.aliyuncs.com",
    "ollama.com",
)
"""A host counts if it is one of these or a subdomain of one."""

_BEDROCK = "bedrock-runtime"

LLM_SDKS = (
    "openai",
    "anthropic",
    "google.genai",
    "google.generativeai",
    "vertexai",
    "mistralai",
    "cohere",
    "groq",
    "together",
    "fireworks",
    "ollama",
    "replicate",
    "litellm",
    "dspy",
    "lm15",
    "portkey_ai",
    "claude_agent_sdk",
    "xai_sdk",
    "langchain_openai",
    "langchain_anthropic",
    "langchain_google_genai",
)
"""Import names of SDKs whose presence makes "no LLM call was seen" worth saying."""

PROVIDERS = (
    ("anthropic", "anthropic"),
    ("openai", "openai"),
    ("googleapis", "gemini"),
    ("mistral", "mistral"),
    ("cohere", "cohere"),
    ("groq", "groq"),
    ("together", "together"),
    ("fireworks", "fireworks"),
    ("deepseek", "deepseek"),
    ("openrouter", "openrouter"),
    ("perplexity", "perplexity"),
    ("replicate", "replicate"),
    ("huggingface", "huggingface"),
    ("bedrock", "bedrock"),
    ("ollama", "ollama"),
)
"""(part of a host name, provider): the first that occurs names the provider."""


_LLM_HOSTS = frozenset(LLM_HOSTS)


def is_llm_host(host: str) -> bool:
    """Whether ``host`` (a name, any case, no port) is known to serve language models."""
    name = host.lower().rstrip(".")
    if _BEDROCK in name and "amazonaws.com" in name:
        return True
    if name.endswith("aiplatform.googleapis.com"):  # regional: us-central1-aiplatform.googleapis.com
        return True
    while name:  # the host itself, then each domain it is in
        if name in _LLM_HOSTS:
            return True
        name = name.partition(".")[2]
    return False


def provider_of(host: str) -> str | None:
    """The provider that a host name tells, or None for a gateway, a proxy or a local server."""
    name = host.lower()
    for part, provider in PROVIDERS:
        if part in name:
            return provider
    return None


KEY_VARIABLES = (
    "OPENAI_API_KEY",
    "OPENAI_ADMIN_KEY",
    "AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_AD_TOKEN",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "GOOGLE_API_KEY",
    "GEMINI_API_KEY",
    "MISTRAL_API_KEY",
    "GROQ_API_KEY",
    "CO_API_KEY",
    "COHERE_API_KEY",
    "TOGETHER_API_KEY",
    "FIREWORKS_API_KEY",
    "DEEPSEEK_API_KEY",
    "OPENROUTER_API_KEY",
    "PERPLEXITY_API_KEY",
    "PPLX_API_KEY",
    "XAI_API_KEY",
    "CEREBRAS_API_KEY",
    "NVIDIA_API_KEY",
    "VOYAGE_API_KEY",
    "PORTKEY_API_KEY",
    "REPLICATE_API_TOKEN",
    "HF_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_DEFAULT_REGION",
)
"""Variables that SDKs take their credentials from, or won't start without."""

_OPENAI = ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN")
_ANTHROPIC = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
_GOOGLE = ("GOOGLE_API_KEY", "GEMINI_API_KEY")

KEYS_OF_SDKS = {
    "openai": _OPENAI,
    "anthropic": _ANTHROPIC,
    "google.genai": _GOOGLE,
    "mistralai": ("MISTRAL_API_KEY",),
    "cohere": ("CO_API_KEY", "COHERE_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "together": ("TOGETHER_API_KEY",),
    "fireworks": ("FIREWORKS_API_KEY",),
    "replicate": ("REPLICATE_API_TOKEN",),
    "xai_sdk": ("XAI_API_KEY",),
    "portkey_ai": ("PORTKEY_API_KEY",),
    "langchain_openai": _OPENAI,
    "langchain_anthropic": _ANTHROPIC,
    "langchain_google_genai": _GOOGLE,
}
"""SDK → the variables of which it wants one, the common one first. Those that speak to many providers, or to
none that wants a key, aren't here."""


def unset_key(sdk: str, environ: Mapping[str, str]) -> str:
    """The variable that an SDK looks for its key in, where it finds none; else empty."""
    variables = KEYS_OF_SDKS.get(sdk, ())
    return "" if any(environ.get(name) for name in variables) else next(iter(variables), "")


def unset_keys(variables: Iterable[str]) -> str:
    """What it means that they are not set; empty for none."""
    if not (names := list(dict.fromkeys(filter(None, variables)))):
        return ""
    are = "is" if len(names) == 1 else "are"
    return f"{', '.join(names)} {are} not set, and without a key an SDK sends nothing"


BEDROCK_VARIABLES = (
    "AWS_ACCESS_KEY_ID?",
    "AWS_SECRET_ACCESS_KEY?",
    "AWS_DEFAULT_REGION?",
    "AWS_EC2_METADATA_DISABLED?",
)
"""What replaying a call to Bedrock needs. The mark: only where AWS credentials are told in no other way."""
