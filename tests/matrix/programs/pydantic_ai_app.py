"""pydantic-ai: agents with a tool on OpenAI, Anthropic and Gemini, run and streamed, sync and async."""

import os

from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.google import GoogleProvider


def agent(model):
    made = Agent(model, system_prompt="Be terse.")

    @made.tool_plain
    def weather(city: str) -> str:
        """The weather of a city."""
        return f"rain in {city}"

    return made


def gemini():
    key = os.environ.get("GOOGLE_API_KEY")
    return GoogleModel("gemini-2.5-flash", provider=GoogleProvider(api_key=key, base_url=os.environ["LLM"]))


def without_id(said):
    """The server repeats what it is told, the random id, too."""
    return said.partition('"name"')[2]


def openai():
    return agent(OpenAIChatModel("gpt-4o-mini")).run_sync("Rain in Rome?").output


def responses():
    return agent(OpenAIResponsesModel("gpt-4o-mini")).run_sync("Rain in Oslo?").output


def anthropic():
    return agent(AnthropicModel("claude-haiku-4-5")).run_sync("Rain in Rome?").output


def google():
    """Two turns; the second sends back an id of the tool call that pydantic-ai made up."""
    return without_id(agent(gemini()).run_sync("Rain in Rome?").output)


async def async_openai():
    return (await agent(OpenAIChatModel("gpt-4o-mini")).run("Rain in Paris?")).output


async def async_openai_stream():
    async with agent(OpenAIChatModel("gpt-4o-mini")).run_stream("Rain in Bern?") as answer:
        return [text async for text in answer.stream_text(debounce_by=None)]


async def async_anthropic_stream():
    async with agent(AnthropicModel("claude-haiku-4-5")).run_stream("Rain in Bern?") as answer:
        return [text async for text in answer.stream_text(debounce_by=None)]


async def async_google():
    return without_id((await agent(gemini()).run("Rain in Paris?")).output)


CELLS = (
    openai, responses, anthropic, google,
    async_openai, async_openai_stream, async_anthropic_stream, async_google,
)  # fmt: skip
