"""boto3's bedrock-runtime: Converse and InvokeModel, plain and as event streams."""

import json
import os

import boto3

MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0"
ASKED = {"modelId": MODEL, "messages": [{"role": "user", "content": [{"text": "Where is my parcel?"}]}]}
INVOKED = {
    "modelId": MODEL,
    "body": json.dumps(
        {
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 64,
            "messages": [{"role": "user", "content": "Where is it?"}],
        }
    ),
}


def client():
    return boto3.client("bedrock-runtime", endpoint_url=os.environ["LLM"])


def converse():
    done = client().converse(**ASKED)
    return done["output"], done["usage"], done["ResponseMetadata"]["HTTPStatusCode"]


def converse_stream():
    return list(client().converse_stream(**ASKED)["stream"])


def invoke():
    return json.loads(client().invoke_model(**INVOKED)["body"].read())


def invoke_stream():
    events = client().invoke_model_with_response_stream(**INVOKED)["body"]
    return [json.loads(event["chunk"]["bytes"]) for event in events]


def async_invoke():
    """botocore sends a token of its own making, that a retry be known."""
    where = {"s3OutputDataConfig": {"s3Uri": "s3://bucket/"}}
    done = client().start_async_invoke(
        modelId=MODEL, modelInput={"prompt": "Where is it?"}, outputDataConfig=where
    )
    return done["invocationArn"]


CELLS = (converse, converse_stream, invoke, invoke_stream, async_invoke)
