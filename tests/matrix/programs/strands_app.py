"""Strands Agents: an agent that calls a tool, on Bedrock and on OpenAI."""

import os

import boto3
from strands import Agent, tool
from strands.models import BedrockModel
from strands.models.openai import OpenAIModel


@tool
def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


def bedrock_stream():
    session = boto3.Session(region_name="us-east-1")
    model = BedrockModel(
        model_id="anthropic.claude-haiku-4-5", boto_session=session, endpoint_url=os.environ["LLM"]
    )
    return str(Agent(model=model, tools=[weather], callback_handler=None)("Rain in Rome?"))


def openai_stream():
    model = OpenAIModel(client_args={"base_url": os.environ["LLM"] + "/v1"}, model_id="gpt-4o-mini")
    return str(Agent(model=model, tools=[weather], callback_handler=None)("Rain in Rome?"))


CELLS = (bedrock_stream, openai_stream)
