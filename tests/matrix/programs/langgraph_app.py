"""LangGraph: an agent with a tool and a memory, run and streamed, with both of its providers."""

from langchain_anthropic import ChatAnthropic
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import MemorySaver

try:
    from langchain.agents import create_agent
except ImportError:  # before langchain 1.0
    from langgraph.prebuilt import create_react_agent as create_agent


@tool
def multiply(a: int, b: int) -> int:
    """Multiply two numbers."""
    return a * b


def agent(of="openai"):
    model = ChatOpenAI(model="gpt-4o-mini") if of == "openai" else ChatAnthropic(model="claude-haiku-4-5")
    return create_agent(model, [multiply], checkpointer=MemorySaver())


def asked(text, thread="1"):
    return {"messages": [("user", text)]}, {"configurable": {"thread_id": thread}}


def texts(state):
    return [(one.type, one.text if isinstance(one.text, str) else one.text()) for one in state["messages"]]


def run():
    made = agent()
    made.invoke(*asked("6 times 7?"))
    return texts(made.invoke(*asked("And twice that?")))


def run_anthropic():
    return texts(agent("anthropic").invoke(*asked("6 times 7?")))


def stream():
    return [chunk[0].content for chunk in agent().stream(*asked("5 times 5?"), stream_mode="messages")]


async def async_run():
    return texts(await agent().ainvoke(*asked("4 times 4?")))


async def async_stream():
    chunks = agent("anthropic").astream(*asked("3 times 3?"), stream_mode="messages")
    return [chunk[0].type async for chunk in chunks]


CELLS = (run, run_anthropic, stream, async_run, async_stream)
