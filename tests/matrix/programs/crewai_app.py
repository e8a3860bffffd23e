"""CrewAI: a model asked by itself, and a crew of one agent with one task."""

import os

from crewai import LLM, Agent, Crew, Task


def model(**more):
    return LLM(model="openai/gpt-4o-mini", base_url=os.environ["LLM"] + "/v1", api_key="k", **more)


def chat():
    return model().call("Where is my parcel?")


def stream():
    return model(stream=True).call("Where is my parcel?")


def crew():
    clerk = Agent(role="clerk", goal="answer", backstory="terse", llm=model(), max_retry_limit=0)
    task = Task(description="Where is the parcel?", expected_output="a place", agent=clerk)
    return str(Crew(agents=[clerk], tasks=[task]).kickoff())


CELLS = (chat, stream, crew)
