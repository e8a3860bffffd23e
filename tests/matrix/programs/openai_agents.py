"""openai-agents: an agent with a tool and a hand-over, by Responses and by Chat Completions."""

from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool
from openai import AsyncOpenAI


@function_tool
def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


def agent(**more):
    return Agent(name="clerk", instructions="Be terse.", tools=[weather], model="gpt-4o-mini", **more)


def by_chat():
    return {"model": OpenAIChatCompletionsModel(model="gpt-4o-mini", openai_client=AsyncOpenAI())}


def run():
    return Runner.run_sync(agent(), "Rain in Rome?").final_output


async def async_run():
    return (await Runner.run(agent(), "Rain in Oslo?")).final_output


async def async_run_by_chat():
    made = Agent(name="clerk", instructions="Be terse.", tools=[weather], **by_chat())
    return (await Runner.run(made, "Rain in Oslo?")).final_output


async def async_stream():
    running = Runner.run_streamed(agent(), "Rain in Bern?")
    kinds = [event.type async for event in running.stream_events()]
    return kinds, running.final_output


CELLS = (run, async_run, async_run_by_chat, async_stream)
