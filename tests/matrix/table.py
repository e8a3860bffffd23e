"""The matrix: which SDKs and frameworks, in which editions, over which HTTP libraries."""

from __future__ import annotations

from matrix.entries import Column, Edition, Entry

_OPENAI_1_30 = (
    "stream_in_with", "responses", "responses_stream", "streaming_response", "async_responses",
    "async_streaming_response", "images",
)  # fmt: skip
_ANTHROPIC_0_39 = ("count_tokens", "tool_stream")
OLD_HTTPX = "httpx<0.28"
"""Stainless SDKs of 2024 and before say ``proxies=``."""

SDKS = (
    Entry(
        "openai",
        "../../journeys/apps/openai_app.py",
        (
            Edition(
                "1.10",
                ("openai==1.10.0", "httpx==0.23.3"),
                ("httpx",),
                without=("stream", *_OPENAI_1_30),
            ),
            Edition("1.30", ("openai==1.30.5", "httpx==0.25.2"), ("httpx",), without=_OPENAI_1_30),
            Edition("1.109", ("openai==1.109.1", "httpx==0.27.2"), ("httpx",)),
            Edition("2.0", ("openai==2.0.0",), ("httpx",)),
            Edition("2.54", ("openai==2.54.0",), ("httpx",)),
            Edition("3.0", ("openai==3.0.0", "httpx2==2.7.0"), ("httpx2",)),
            Edition("3.3", ("openai==3.3.0", "httpx2==2.9.0"), ("httpx2",)),
            Edition("newest", ("openai",), ("httpx2",)),
        ),
        note="Chat, Responses, embeddings, files, audio, images, moderations, Azure, raw and streaming responses.",
    ),
    Entry(
        "anthropic",
        "../../journeys/apps/anthropic_app.py",
        (
            Edition("0.39", ("anthropic==0.39.0", "httpx==0.25.2"), ("httpx",), without=_ANTHROPIC_0_39),
            Edition("0.84", ("anthropic==0.84.0",), ("httpx",)),
            Edition("0.125", ("anthropic==0.125.0",), ("httpx",)),
            Edition("1.0", ("anthropic==1.0.0", "httpx2==2.9.0"), ("httpx2",)),
            Edition("1.17", ("anthropic==1.17.0",), ("httpx2",)),
            Edition("newest", ("anthropic",), ("httpx2",)),
        ),
        note="Messages, the stream helper, tools, token counts, raw and streaming responses.",
    ),
    Entry(
        "anthropic-clouds",
        "anthropic_clouds.py",
        (
            Edition("0.84", ("anthropic[bedrock,vertex]==0.84.0",), ("httpx",)),
            Edition("newest", ("anthropic[bedrock,vertex]",), ("httpx2",)),
        ),
        of="anthropic",
        note="Its clients for Bedrock and for Vertex AI, which in replay need no credentials.",
    ),
    Entry(
        "google-genai",
        "genai.py",
        (
            Edition("1.10", ("google-genai==1.10.0",), ("httpx",)),
            Edition("2.34", ("google-genai==2.34.0",), ("httpx",)),
            Edition("newest", ("google-genai",), ("httpx2",)),
            Edition("newest-aiohttp", ("google-genai", "aiohttp"), ("aiohttp", "httpx2")),
        ),
        note="Its async client goes by aiohttp wherever that is installed.",
    ),
    Entry(
        "mistralai",
        "mistral.py",
        (
            Edition("1.5", ("mistralai==1.5.0",), ("httpx",)),
            Edition("newest", ("mistralai",), ("httpx2",)),
        ),
        note="Chat, fill-in-the-middle, embeddings, files.",
    ),
    Entry(
        "groq",
        "groq_sdk.py",
        (
            Edition("0.9", ("groq==0.9.0", OLD_HTTPX), ("httpx",)),
            Edition("newest", ("groq",), ("httpx",)),
        ),
    ),
    Entry(
        "cohere",
        "cohere_sdk.py",
        (
            Edition("5.13", ("cohere==5.13.0",), ("httpx",)),
            Edition("newest", ("cohere",), ("httpx",)),
            Edition("newest-aiohttp", ("cohere", "httpx-aiohttp"), ("httpx",)),
        ),
        note="Both versions of its API; embeddings and reranking.",
    ),
    Entry(
        "together",
        "together_sdk.py",
        (
            Edition("1.3", ("together==1.3.14",), ("aiohttp", "urllib3")),
            Edition("newest", ("together",), ("httpx",)),
        ),
    ),
    Entry(
        "ollama",
        "ollama_sdk.py",
        (
            Edition("0.4", ("ollama==0.4.7",), ("httpx",)),
            Edition("newest", ("ollama",), ("httpx",)),
        ),
    ),
    Entry(
        "fireworks-ai",
        "fireworks_sdk.py",
        (Edition("newest", ("fireworks-ai",), ("httpx",)),),
    ),
    Entry(
        "huggingface-hub",
        "huggingface.py",
        (
            Edition("0.36", ("huggingface-hub[inference]==0.36.2",), ("aiohttp", "urllib3")),
            Edition("1.33", ("huggingface-hub==1.33.0",), ("httpx",)),
            Edition("newest", ("huggingface-hub",), ("httpx2",)),
        ),
        environment=(("HF_ENDPOINT", "https://hub.invalid"),),
        passes=("hub.invalid",),
        note="`InferenceClient`. From 1.0 it asks the hub for a list of its own at the first call, which is passed on; "
        "`provider=…` instead of `base_url=` asks the hub for a mapping first.",
    ),
    Entry(
        "replicate",
        "replicate_sdk.py",
        (Edition("newest", ("replicate",), ("httpx",)),),
        environment=(("REPLICATE_POLL_INTERVAL", "0.01"),),
    ),
    Entry(
        "boto3",
        "bedrock_boto3.py",
        (
            Edition("1.34", ("boto3==1.34.116",), ("urllib3",), without=("async_invoke",)),
            Edition("newest", ("boto3",), ("urllib3",)),
        ),
        note="`bedrock-runtime`: Converse and InvokeModel with their event streams.",
    ),
    Entry(
        "portkey-ai",
        "portkey.py",
        (Edition("newest", ("portkey-ai",), ("httpx",)),),
    ),
)

FRAMEWORKS = (
    Entry(
        "langchain-openai",
        "langchain.py",
        (
            Edition(
                "0.2",
                ("langchain-openai==0.2.14", "langchain-anthropic==0.3.1", "anthropic==0.42.0", OLD_HTTPX),
                ("httpx",),
                without=("openai_responses_stream",),
                misses=(("openai_batch", 4),),
            ),
            Edition(
                "newest",
                ("langchain-openai", "langchain-anthropic"),
                ("httpx2",),
                misses=(("openai_batch", 4),),
            ),
        ),
        note="With langchain-anthropic: invoke, stream, batch, tools, structured answers, embeddings.",
    ),
    Entry(
        "langchain-google-genai",
        "langchain_more.py",
        (
            Edition(
                "newest",
                ("langchain-google-genai", "langchain-ollama", "langchain-aws"),
                ("httpx", "urllib3"),
            ),
        ),
        note="With langchain-ollama and langchain-aws.",
    ),
    Entry(
        "langgraph",
        "langgraph_app.py",
        (
            Edition(
                "0.2",
                (
                    "langgraph==0.2.60",
                    "langchain-core<1",
                    "langchain-openai==0.2.14",
                    "langchain-anthropic==0.3.1",
                    "anthropic==0.42.0",
                    OLD_HTTPX,
                ),
                ("httpx",),
            ),
            Edition(
                "newest", ("langgraph", "langchain", "langchain-openai", "langchain-anthropic"), ("httpx2",)
            ),
        ),
        note="An agent with a tool and a checkpointer.",
    ),
    Entry(
        "litellm",
        "litellm_sdk.py",
        (
            Edition("1.53", ("litellm==1.53.3", "openai<2", OLD_HTTPX, "boto3"), ("httpx",)),
            Edition("newest", ("litellm", "boto3", "mcp"), ("httpx",)),
        ),
        environment=(("HF_HUB_OFFLINE", "1"),),
        note="OpenAI, Anthropic, Gemini and Bedrock by one function; its aiohttp transport is recorded as httpx.",
    ),
    Entry(
        "instructor",
        "instructor_app.py",
        (
            Edition("1.7", ("instructor==1.7.0", "openai<2", "anthropic==0.42.0", OLD_HTTPX), ("httpx",)),
            Edition("newest", ("instructor", "anthropic"), ("httpx2",)),
        ),
    ),
    Entry(
        "pydantic-ai-slim",
        "pydantic_ai_app.py",
        (
            Edition(
                "1.0",
                (
                    "pydantic-ai-slim[openai,anthropic,google]==1.0.0",
                    "opentelemetry-api<1.35",
                    "anthropic<0.70",
                    "openai<2",
                ),
                ("httpx",),
                without=("google", "async_google"),
            ),
            Edition("newest", ("pydantic-ai-slim[openai,anthropic,google]",), ("httpx2",)),
        ),
        note="The tool-call ids that it makes up for Gemini don't count for identity.",
    ),
    Entry(
        "openai-agents",
        "openai_agents.py",
        (
            Edition("0.3", ("openai-agents==0.3.0", "openai<2"), ("httpx",)),
            Edition("newest", ("openai-agents",), ("httpx2",)),
        ),
        environment=(("OPENAI_AGENTS_DISABLE_TRACING", "1"),),
        note="Its traces are telemetry, and not recorded.",
    ),
    Entry(
        "google-adk",
        "google_adk.py",
        (Edition("newest", ("google-adk",), ("httpx",)),),
        note="The call ids that it makes up don't count for identity.",
        heavy=True,
    ),
    Entry(
        "strands-agents",
        "strands_app.py",
        (Edition("newest", ("strands-agents[openai]",), ("httpx", "urllib3")),),
        note="On Bedrock and on OpenAI.",
    ),
    Entry(
        "llama-index-llms-openai",
        "llama_index_app.py",
        (
            Edition(
                "newest",
                (
                    "llama-index-llms-openai",
                    "llama-index-embeddings-openai",
                    "llama-index-llms-anthropic",
                    "anthropic<1",
                ),
                ("httpx",),
            ),
        ),
        note="With llama-index-llms-anthropic, which needs anthropic below 1.",
        heavy=True,
    ),
    Entry(
        "dspy",
        "dspy_app.py",
        (
            Edition(
                "2.6",
                ("dspy==2.6.27",),
                ("httpx",),
                without=("by_litellm", "async_by_litellm"),
                misses=(("predict", 2),),
            ),
            Edition("newest", ("dspy",), ("httpx", "lm15")),
        ),
        note="Its own client lm15, and LiteLLM.",
        heavy=True,
    ),
    Entry(
        "smolagents",
        "smolagents_app.py",
        (Edition("newest", ("smolagents[openai]",), ("httpx2",)),),
        note="A model, and an agent that calls a tool.",
    ),
    Entry(
        "haystack-ai",
        "haystack_app.py",
        (
            Edition("2.14", ("haystack-ai==2.14.0", "openai<2"), ("httpx",)),
            Edition("newest", ("haystack-ai",), ("httpx2",)),
        ),
        environment=(("HAYSTACK_TELEMETRY_ENABLED", "False"),),
    ),
    Entry(
        "crewai",
        "crewai_app.py",
        (Edition("newest", ("crewai",), ("httpx",)),),
        environment=(("CREWAI_DISABLE_TELEMETRY", "true"), ("OTEL_SDK_DISABLED", "true")),
        heavy=True,
    ),
)

ENTRIES = SDKS + FRAMEWORKS
COLUMNS = tuple(Column(entry, edition) for entry in ENTRIES for edition in entry.editions)


def chosen(asked: str) -> tuple[Column, ...]:
    """``all``, ``sample``, or a comma-separated list of entries and columns."""
    if asked == "all":
        return COLUMNS
    if asked == "sample":
        from matrix.sample import sample

        return sample(COLUMNS)
    names = {name.strip() for name in asked.split(",")}
    found = tuple(column for column in COLUMNS if names & {column.entry.name, str(column)})
    unknown = names - {name for column in found for name in (column.entry.name, str(column))}
    if unknown:
        known = ", ".join(sorted({entry.name for entry in ENTRIES}))
        raise LookupError(
            f"unknown in the matrix: {', '.join(sorted(unknown))}: expected all, sample, or of {known}"
        )
    return found
