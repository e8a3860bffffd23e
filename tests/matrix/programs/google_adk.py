"""Google's Agent Development Kit: an agent that calls a tool on Gemini."""

import os

from google.adk.agents import Agent
from google.adk.models import Gemini
from google.adk.runners import InMemoryRunner
from google.genai import types

os.environ["GOOGLE_GEMINI_BASE_URL"] = os.environ["LLM"]


def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


async def asked(text):
    agent = Agent(
        name="clerk", model=Gemini(model="gemini-2.5-flash"), instruction="Be terse.", tools=[weather]
    )
    runner = InMemoryRunner(agent=agent, app_name="desk")
    session = await runner.session_service.create_session(app_name="desk", user_id="u")
    said = types.Content(role="user", parts=[types.Part(text=text)])
    events = [event async for event in runner.run_async(user_id="u", session_id=session.id, new_message=said)]
    return [part.text or bool(part.function_call) for event in events for part in event.content.parts]


async def async_run():
    return [str(one).partition('{"')[0] for one in await asked("Rain in Rome?")]


CELLS = (async_run,)
