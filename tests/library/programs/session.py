"""Transports, clients and cassettes, over an inner transport that counts."""

import asyncio
import importlib
import inspect
import json
import sys
import tempfile

import httpx

agentrec = importlib.import_module(sys.argv[1])
session = importlib.import_module(f"{sys.argv[1]}.session")
transport = importlib.import_module(f"{sys.argv[1]}.transport")

CHAT = "https://api.openai.com/v1/chat/completions"


class Inner(httpx.AsyncBaseTransport):
    def __init__(self):
        self.calls, self.closed = 0, False

    async def handle_async_request(self, request):
        self.calls += 1
        words = [b"data: one\n\n", b"data: two\n\n", f"data: {self.calls}\n\n".encode(), b"data: [DONE]\n\n"]

        class Stream(httpx.AsyncByteStream):
            async def __aiter__(self):
                for word in words:
                    yield word

        headers = [("content-type", "text/event-stream"), ("x-request-id", "r1"), ("set-cookie", "a=b")]
        return httpx.Response(200, headers=headers, stream=Stream(), extensions={"http_version": b"HTTP/2"})

    async def aclose(self):
        self.closed = True


def body(text, **more):
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **more}


async def chunks(client, text="hi", **more):
    async with client.stream("POST", CHAT, json=body(text, stream=True, **more)) as response:
        return [chunk.decode() async for chunk in response.aiter_raw()]


def refused(store, options):
    try:
        agentrec.cassette(store, **options)
    except ValueError:
        return True


async def transports(out):
    inner, store = Inner(), agentrec.InMemoryStore()
    async with httpx.AsyncClient(transport=agentrec.RecordingTransport(inner, store)) as client:
        out["recorded"] = [await chunks(client), await chunks(client, "there")]
    out["closed"] = inner.closed
    request = httpx.Request("POST", CHAT, json=body("hi", stream=True))
    kept = await store.load(agentrec.default_key(request))
    out["kept"] = [
        [chunk.data.decode() for chunk in kept.chunks],
        all(isinstance(chunk.timestamp_offset, float) for chunk in kept.chunks),
        kept.request.method, kept.request.url, json.loads(kept.request.content),
        kept.response_status, kept.response_extensions,
        {name: kept.metadata[name] for name in ("provider", "model", "semantic_key")},
        kept.metadata["recorded_at"].endswith("+00:00"),
    ]  # fmt: skip
    async with httpx.AsyncClient(transport=agentrec.ReplayTransport(store)) as client:
        response = await client.post(CHAT, json=body("hi", stream=True))
        out["replayed"] = [
            response.status_code, response.headers["x-request-id"], response.text, response.http_version,
            await chunks(client, "there"), inner.calls,
        ]  # fmt: skip
        try:
            await client.post(CHAT, json=body("nobody asked"))
        except KeyError as error:
            start = "No recorded interaction for id='openai_gpt-4o_"
            out["missed"] = [
                error.args[0].startswith(start),
                "Run the record phase before replaying." in str(error),
            ]
    for _ in range(2):
        auto = agentrec.AutoTransport(inner, store)
        async with httpx.AsyncClient(transport=auto) as client:
            out["auto"] = [await chunks(client, "auto"), inner.calls]
    fixed = agentrec.InMemoryStore()
    async with httpx.AsyncClient(transport=agentrec.RecordingTransport(inner, fixed, "one")) as client:
        await chunks(client)
    async with httpx.AsyncClient(transport=agentrec.ReplayTransport(fixed, key="one")) as client:
        out["fixed"] = [await chunks(client, "whatever"), "one" in fixed]
    named = agentrec.InMemoryStore()
    recording = agentrec.RecordingTransport(
        inner,
        named,
        key=lambda request: request.url.path,
        extra_metadata=lambda request: {"category": request.method},
    )
    async with httpx.AsyncClient(transport=recording) as client:
        await chunks(client)
    out["named"] = (await named.load("/v1/chat/completions")).metadata["category"]
    out["bases"] = [issubclass(getattr(transport, name), httpx.AsyncBaseTransport)
                    for name in ("RecordingTransport", "ReplayTransport", "AutoTransport")]  # fmt: skip


async def cassettes(out):
    inner = Inner()
    client = agentrec.async_client(inner=inner, timeout=7, headers={"x-mine": "1"})
    out["client"] = [type(client).__name__, client.timeout.read, client.headers["x-mine"]]
    store, other = agentrec.InMemoryStore(), agentrec.InMemoryStore()
    await chunks(client)
    out["outside"] = inner.calls
    async with agentrec.cassette(store, mode="record") as entered:
        out["entered"] = isinstance(entered, agentrec.cassette)
        await chunks(client)
        async with agentrec.cassette(other, id="inner", metadata={"category": "c"}):
            await chunks(client, "inner")
        await chunks(client, "after")
    out["inner"] = ["inner" in other, (await other.load("inner")).metadata["category"], inner.calls]

    @agentrec.cassette(store, mode="replay")
    async def replayed(text, *, times=1):
        """Asks."""
        return [await chunks(client, text) for _ in range(times)]

    out["decorated"] = [await replayed("after"), replayed.__name__, replayed.__doc__,
                        inspect.iscoroutinefunction(replayed), inner.calls]  # fmt: skip

    @agentrec.cassette(agentrec.InMemoryStore())
    async def auto(text, depth=0):
        return await auto(text, depth - 1) if depth else await chunks(client, text)

    out["auto"] = [await auto("x"), await auto("x"), await auto("x", 2), await auto("y"), inner.calls]

    async def separately(number):
        mine = agentrec.InMemoryStore()
        async with agentrec.cassette(mine, id=str(number)):
            await asyncio.sleep(0)
            await chunks(client, str(number))
            await asyncio.sleep(0)
        return [str(number) in mine, *(str(n) in mine for n in range(5) if n != number)]

    out["tasks"] = await asyncio.gather(*(separately(number) for number in range(5)))
    out["refused"] = []
    for options in ({"mode": "x"}, {"id": "a", "key": "b"}, {"id": "a", "key": str}):
        out["refused"].append(refused(store, options))
    with tempfile.TemporaryDirectory() as root:
        files = agentrec.FileStore(root)
        async with agentrec.cassette(files):
            await chunks(client, "file")
        out["files"] = [len(files), files.ids()]
        async with agentrec.cassette(agentrec.FileStore(root), mode="replay"):
            out["from files"] = [await chunks(client, "file"), inner.calls]
    await client.aclose()
    out["aclose"] = inner.closed
    dynamic = session.DynamicTransport()
    out["dynamic"] = isinstance(dynamic, httpx.AsyncBaseTransport)
    await dynamic.aclose()


async def main():
    out = {"transports": {}, "session": {}}
    await transports(out["transports"])
    await cassettes(out["session"])
    print(json.dumps(out, default=repr))


asyncio.run(main())
