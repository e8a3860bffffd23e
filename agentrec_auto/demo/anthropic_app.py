"""Ask a model twice: once for the whole answer, once token by token."""

from anthropic import Anthropic

client = Anthropic()

answer = client.messages.create(
    model="claude-haiku-4-5",
    max_tokens=200,
    messages=[{"role": "user", "content": "What is a corpus?"}],
)
print("".join(block.text for block in answer.content if block.type == "text"))

chunks = 0
with client.messages.stream(
    model="claude-haiku-4-5",
    max_tokens=200,
    messages=[{"role": "user", "content": "And what is a miss?"}],
) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)
        chunks += 1
print(f"\n({chunks} chunks)")
