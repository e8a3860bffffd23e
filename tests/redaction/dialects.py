"""Events of streams as each dialect of LLM API writes them, and what they say when joined."""

import json
from itertools import pairwise


def sse(document, name=""):
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return (f"event: {name}\n" if name else "") + f"data: {data}\n\n"


def chat(text, index=0):
    return sse(
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "choices": [{"index": index, "delta": {"content": text}}],
        }
    )


def chat_tool(text, index=0):
    call = {"index": index, "function": {"arguments": text}}
    return sse({"id": "c", "choices": [{"index": 0, "delta": {"tool_calls": [call]}}]})


def chat_spaced(text):
    document = {"choices": [{"delta": {"content": text}, "index": 0, "logprobs": None}], "id": "c"}
    return f"data:{json.dumps(document)}\r\n\r\n"


def responses(text, index=0):
    name = "response.output_text.delta"
    return sse(
        {"type": name, "item_id": f"m{index}", "output_index": index, "content_index": 0, "delta": text}, name
    )


def responses_arguments(text):
    name = "response.function_call_arguments.delta"
    return sse({"type": name, "item_id": "f", "output_index": 1, "delta": text, "obfuscation": "ab"}, name)


def anthropic(text, index=0):
    delta = {"type": "text_delta", "text": text}
    return sse({"type": "content_block_delta", "index": index, "delta": delta}, "content_block_delta")


def anthropic_json(text, index=1):
    delta = {"type": "input_json_delta", "partial_json": text}
    return sse({"type": "content_block_delta", "index": index, "delta": delta}, "content_block_delta")


def anthropic_thinking(text):
    delta = {"type": "thinking_delta", "thinking": text}
    return sse({"type": "content_block_delta", "index": 0, "delta": delta}, "content_block_delta")


def gemini(text):
    return sse(
        {"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}}], "modelVersion": "g"}
    )


def gemini_array(text):
    return ",\r\n" + json.dumps({"candidates": [{"content": {"parts": [{"text": text}]}}]}, indent=2)


def ollama(text):
    message = {"role": "assistant", "content": text}
    return (
        json.dumps({"model": "m", "created_at": f"2026-{len(text)}", "message": message, "done": False})
        + "\n"
    )


def completions(text):
    return sse({"choices": [{"text": text, "index": 0, "logprobs": {"tokens": [text], "text_offset": [1]}}]})


DIALECTS = [
    chat,
    chat_tool,
    chat_spaced,
    responses,
    responses_arguments,
    anthropic,
    anthropic_json,
    anthropic_thinking,
    gemini,
    gemini_array,
    ollama,
    completions,
]


def documents(chunks):
    text = "".join(chunks)
    if text.lstrip().startswith("["):
        return json.loads(text)
    lines = (line.removeprefix("data:") for line in text.splitlines())
    return [json.loads(line) for line in lines if line.strip().startswith("{")]


def said(document):
    """The strings in a document that change from event to event: all but those of names that never do."""
    if isinstance(document, dict):
        return [
            string
            for name, value in document.items()
            for string in said(value)
            if name
            not in (
                "id",
                "object",
                "type",
                "role",
                "model",
                "item_id",
                "created_at",
                "obfuscation",
                "modelVersion",
            )
        ]
    if isinstance(document, list):
        return [string for value in document for string in said(value)]
    return [document] if isinstance(document, str) else []


def joined(chunks):
    """What a stream says, by the place in its events."""
    columns = [said(document) for document in documents(chunks)]
    return {"".join(column) for column in zip(*columns, strict=True)}


def cut(text, cuts):
    places = sorted({0, len(text), *(place % (len(text) + 1) for place in cuts)})
    return [text[a:b] for a, b in pairwise(places)]


def stream(event, pieces):
    chunks = [event(piece) for piece in pieces]
    if event is gemini_array:
        chunks = ["[", chunks[0].removeprefix(",\r\n"), *chunks[1:], "\n]"]
    return chunks
