"""LiteLLM: OpenAI, Anthropic, Gemini, Bedrock, Ollama and Mistral behind one function; tools, embeddings."""

import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm

litellm.telemetry = False
LLM = os.environ["LLM"]
ASKED = [{"role": "user", "content": "Where is my parcel?"}]
OPENAI = {"model": "openai/gpt-4o-mini", "api_base": LLM + "/v1", "messages": ASKED}
ANTHROPIC = {"model": "anthropic/claude-haiku-4-5", "api_base": LLM, "messages": ASKED}
GEMINI = {"model": "gemini/gemini-2.5-flash", "api_key": "k", "messages": ASKED}
BEDROCK = {
    "model": "bedrock/anthropic.claude-3-haiku-20240307-v1:0",
    "aws_bedrock_runtime_endpoint": LLM,
    "aws_region_name": "us-east-1",
    "messages": ASKED,
}
FUNCTION = {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
TOOLS = [{"type": "function", "function": FUNCTION}]


def text(answer):
    return answer.choices[0].message.content


def texts(chunks):
    return [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]


def in_two_turns(**model):
    """A tool call, and its result sent back: litellm makes up ids where the API gives none."""
    first = litellm.completion(**model, tools=TOOLS).choices[0].message
    call = first.tool_calls[0]
    told = [*model["messages"], first, {"role": "tool", "tool_call_id": call.id, "content": "rain"}]
    return call.function.arguments, text(litellm.completion(**{**model, "messages": told}, tools=TOOLS))


def openai_chat():
    return text(litellm.completion(**OPENAI))


def openai_stream():
    return texts(litellm.completion(**OPENAI, stream=True))


def openai_tools():
    return in_two_turns(**OPENAI)


def anthropic_chat():
    return text(litellm.completion(**ANTHROPIC))


def anthropic_stream():
    return texts(litellm.completion(**ANTHROPIC, stream=True))


def anthropic_tools():
    return in_two_turns(**ANTHROPIC)


def gemini_tools():
    return in_two_turns(**GEMINI, api_base=LLM + "/v1beta/models/gemini-2.5-flash")


def bedrock_chat():
    return text(litellm.completion(**BEDROCK))


def bedrock_stream():
    return texts(litellm.completion(**BEDROCK, stream=True))


def embeddings():
    done = litellm.embedding(model="openai/text-embedding-3-small", input=["a"], api_base=LLM + "/v1")
    return done.data[0]["embedding"]


async def async_openai_chat():
    return text(await litellm.acompletion(**OPENAI, temperature=0))


async def async_openai_stream():
    chunks = await litellm.acompletion(**OPENAI, stream=True, temperature=0)
    return [chunk.choices[0].delta.content async for chunk in chunks]


async def async_anthropic_chat():
    return text(await litellm.acompletion(**ANTHROPIC, temperature=0))


async def async_anthropic_stream():
    chunks = await litellm.acompletion(**ANTHROPIC, stream=True, temperature=0)
    return [chunk.choices[0].delta.content async for chunk in chunks]


CELLS = (
    openai_chat, openai_stream, openai_tools, anthropic_chat, anthropic_stream, anthropic_tools, gemini_tools,
    bedrock_chat, bedrock_stream, embeddings,
    async_openai_chat, async_openai_stream, async_anthropic_chat, async_anthropic_stream,
)  # fmt: skip
