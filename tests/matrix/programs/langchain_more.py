"""LangChain's models of Gemini, Ollama and Bedrock: a tool called and its result sent back, and streams."""

import os

from langchain_aws import ChatBedrockConverse
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_ollama import ChatOllama

LLM = os.environ["LLM"]


@tool
def multiply(a: int, b: int) -> int:
    """Multiply two numbers."""
    return a * b


def gemini():
    return ChatGoogleGenerativeAI(model="gemini-2.5-flash", google_api_key="k", base_url=LLM)


def ollama():
    return ChatOllama(model="llama3.2", base_url=LLM)


def bedrock():
    return ChatBedrockConverse(model="anthropic.claude-haiku-4-5", region_name="us-east-1", endpoint_url=LLM)


def in_two_turns(model):
    """A tool call, and its result under the id that LangChain made up, where the API gives none."""
    asked = [HumanMessage("6 times 7?")]
    first = model.bind_tools([multiply]).invoke(asked)
    call = first.tool_calls[0]
    told = [*asked, first, ToolMessage("42", tool_call_id=call["id"], name="multiply")]
    model.bind_tools([multiply]).invoke(told)
    return call["name"], call["args"]


def gemini_tools():
    return in_two_turns(gemini())


def gemini_stream():
    return [chunk.text for chunk in gemini().stream("Where is my parcel?")]


def ollama_tools():
    return in_two_turns(ollama())


def ollama_stream():
    return [chunk.content for chunk in ollama().stream("Where is my parcel?")]


def bedrock_chat():
    return bedrock().invoke("Where is my parcel?").content


def bedrock_stream():
    return [chunk.text for chunk in bedrock().stream("Where is my parcel?")]


async def async_gemini_stream():
    return [chunk.text async for chunk in gemini().astream("Where is my parcel?")]


async def async_ollama_chat():
    return (await ollama().ainvoke("Where is my parcel?")).content


CELLS = (
    gemini_tools, gemini_stream, ollama_tools, ollama_stream, bedrock_chat, bedrock_stream,
    async_gemini_stream, async_ollama_chat,
)  # fmt: skip
