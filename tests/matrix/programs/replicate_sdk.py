"""replicate: a prediction made and waited for, asked after, and streamed."""

import os

import replicate

client = replicate.Client(api_token="r8_0123456789abcdefghijklmnopqrstuvwxyz0", base_url=os.environ["LLM"])
MODEL = "meta/meta-llama-3-8b-instruct"


def run():
    return "".join(client.run(MODEL, input={"prompt": "Where is my parcel?"}))


def asked_after():
    begun = client.predictions.create(model=MODEL, input={"prompt": "Where is my parcel now?"})
    begun.reload()
    return begun.status, begun.output


def stream():
    return [str(event) for event in client.stream(MODEL, input={"prompt": "Stream it."})]


async def async_run():
    return "".join(await client.async_run(MODEL, input={"prompt": "Where is my parcel, async?"}))


CELLS = (run, asked_after, stream, async_run)
