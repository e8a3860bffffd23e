"""A chain on LangChain, with both of its providers, the way its tutorials write it. Prints JSON."""

import asyncio
import json

from langchain_anthropic import ChatAnthropic
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel, Field


@tool
def multiply(a: int, b: int) -> int:
    """Multiply two numbers."""
    return a * b


class Ticket(BaseModel):
    """A support ticket."""

    title: str = Field(description="In five words.")
    urgent: bool


def models():
    yield "openai", ChatOpenAI(model="gpt-4o-mini", temperature=0)
    yield "anthropic", ChatAnthropic(model="claude-haiku-4-5", max_tokens=256)


def use(name, model):
    prompt = ChatPromptTemplate.from_messages([("system", "You are {who}."), ("human", "{question}")])
    chain = prompt | model | StrOutputParser()
    with_tools = model.bind_tools([multiply])
    return {
        "invoke": chain.invoke({"who": "a clerk", "question": f"{name}: first?"}),
        "stream": list(chain.stream({"who": "a poet", "question": f"{name}: second?"})),
        "batch": sorted(chain.batch([{"who": "a clerk", "question": f"{name}: {n}?"} for n in range(4)])),
        "tools": with_tools.invoke(f"{name}: 6 times 7?").tool_calls,
        "structured": model.with_structured_output(Ticket)
        .invoke(f"{name}: my screen is broken")
        .model_dump(),
    }


async def use_async(name, model):
    answer = await model.ainvoke(f"{name}: async first?")
    return {
        "ainvoke": answer.content,
        "usage": answer.usage_metadata,
        "astream": [chunk.content async for chunk in model.astream(f"{name}: async second?")],
        "abatch": sorted(
            str(one.content) for one in await model.abatch([f"{name}: async {n}?" for n in range(4)])
        ),
    }


def main():
    got = {}
    for name, model in models():
        got[name] = use(name, model)
    for name, model in models():
        got[f"{name} async"] = asyncio.run(use_async(name, model))
    got["embeddings"] = OpenAIEmbeddings(check_embedding_ctx_length=False).embed_documents(["one", "two"])
    print(json.dumps(got, indent=1))


main()
