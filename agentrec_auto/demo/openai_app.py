"""Ask a model twice: once for the whole answer, once token by token."""

from openai import OpenAI

client = OpenAI()

answer = client.chat.completions.create(
    model="gpt-5-mini",
    messages=[{"role": "user", "content": "What is a cassette?"}],
)
print(answer.choices[0].message.content)

stream = client.chat.completions.create(
    model="gpt-5-mini",
    messages=[{"role": "user", "content": "And what is a take?"}],
    stream=True,
)
chunks = 0
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="", flush=True)
    chunks += 1
print(f"\n({chunks} chunks)")
