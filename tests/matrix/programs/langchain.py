"""LangChain's chat models of OpenAI and Anthropic: invoke, stream, batch, tools, structured answers, embeddings."""

from langchain_anthropic import ChatAnthropic
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

PROMPT = ChatPromptTemplate.from_messages([("system", "You are {who}."), ("human", "{question}")])


class Ticket(BaseModel):
    """A support ticket."""

    title: str
    urgent: bool


@tool
def multiply(a: int, b: int) -> int:
    """Multiply two numbers."""
    return a * b


def openai(**more):
    return ChatOpenAI(model="gpt-4o-mini", temperature=0, **more)


def anthropic():
    return ChatAnthropic(model="claude-haiku-4-5", max_tokens=256)


def answers_of(chain):
    asked = [{"who": "a clerk", "question": f"Question {number}?"} for number in range(4)]
    return [answer.partition(" to: ")[2] for answer in chain.batch(asked)]


def openai_chat():
    return (PROMPT | openai() | StrOutputParser()).invoke({"who": "a clerk", "question": "First?"})


def openai_stream():
    return list((PROMPT | openai() | StrOutputParser()).stream({"who": "a poet", "question": "Second?"}))


def openai_batch():
    return answers_of(PROMPT | openai(max_retries=0) | StrOutputParser())


def openai_responses_stream():
    return [chunk.text for chunk in openai(use_responses_api=True).stream("Third?")]


def openai_tools():
    return [
        (call["name"], call["args"])
        for call in openai().bind_tools([multiply]).invoke("6 times 7?").tool_calls
    ]


def openai_structured():
    return openai().with_structured_output(Ticket).invoke("My screen is broken")


def embeddings():
    return OpenAIEmbeddings(check_embedding_ctx_length=False).embed_documents(["one", "two"])


def anthropic_chat():
    return (PROMPT | anthropic() | StrOutputParser()).invoke({"who": "a clerk", "question": "First?"})


def anthropic_stream():
    return [chunk.content for chunk in anthropic().stream("Second?")]


def anthropic_tools():
    return [
        (call["name"], call["args"])
        for call in anthropic().bind_tools([multiply]).invoke("6 times 7?").tool_calls
    ]


async def async_openai_chat():
    return (await openai().ainvoke("Async first?")).content


async def async_openai_stream():
    return [chunk.content async for chunk in openai().astream("Async second?")]


async def async_anthropic_chat():
    return (await anthropic().ainvoke("Async first?")).content


async def async_anthropic_stream():
    return [chunk.content async for chunk in anthropic().astream("Async second?")]


CELLS = (
    openai_chat, openai_stream, openai_batch, openai_responses_stream, openai_tools, openai_structured, embeddings,
    anthropic_chat, anthropic_stream, anthropic_tools,
    async_openai_chat, async_openai_stream, async_anthropic_chat, async_anthropic_stream,
)  # fmt: skip
