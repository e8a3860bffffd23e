"""smolagents: an OpenAI model asked, streamed, and in an agent that calls a tool."""

import os

from smolagents import OpenAIServerModel, ToolCallingAgent, tool


@tool
def weather(city: str) -> str:
    """The weather of a city.

    Args:
        city: Its name.
    """
    return f"rain in {city}"


def model():
    return OpenAIServerModel("gpt-4o-mini", api_base=os.environ["LLM"] + "/v1", api_key="k")


ASKED = [{"role": "user", "content": [{"type": "text", "text": "Where is my parcel?"}]}]


def chat():
    return model()(ASKED).content


def stream():
    return [delta.content for delta in model().generate_stream(ASKED)]


def agent():
    made = ToolCallingAgent([weather], model(), max_steps=2, verbosity_level=0)
    return str(made.run("Rain in Rome?"))


CELLS = (chat, stream, agent)
