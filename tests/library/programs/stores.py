"""What stores do with what is saved by hand."""

import asyncio
import importlib
import inspect
import json
import pathlib
import sys
import tempfile

agentrec = importlib.import_module(sys.argv[1])
store_module = importlib.import_module(f"{sys.argv[1]}.store")
capture = importlib.import_module(f"{sys.argv[1]}.capture")


def made(text="hello", content=b'{"model":"m"}', **metadata):
    return capture.CapturedInteraction(
        capture.CapturedRequest(
            "POST",
            "https://api.openai.com/v1/chat/completions",
            [(b"Authorization", b"Bearer sk-abcdefghijklmnop"), (b"X-Twice", b"1"), (b"x-twice", b"2")],
            content,
        ),
        200,
        [(b"content-type", b"text/plain"), (b"set-cookie", b"session=1")],
        {"http_version": b"HTTP/1.1", "count": 3, "network_stream": None},
        [capture.CapturedChunk(text.encode(), 0.25), capture.CapturedChunk(b"\xff\xfe", 0.5)],
        metadata,
    )


async def message(awaitable, root):
    try:
        await awaitable
    except Exception as error:
        return [isinstance(error, KeyError), str(error.args[0]).replace(str(root), "<root>")]


async def both(store, root):
    out = {"missing": await message(store.load("nobody"), root), "has": await store.has("nobody")}
    await store.discard("nobody")
    first = made(category="a")
    await store.save("one", first)
    loaded = await store.load("one")
    out["loaded"] = [
        loaded.chunks == first.chunks,
        loaded.request.method,
        loaded.request.url,
        loaded.response_status,
        loaded.metadata,
        [name.decode() for name, _ in loaded.request.headers],
        loaded.response_extensions.get("http_version") == b"HTTP/1.1",
        loaded.response_extensions.get("count"),
    ]
    await store.save("one", made("again"))
    out["again"] = [(await store.load("one")).chunks[0].data.decode(), "one" in store, await store.has("one")]
    await store.discard("one")
    out["discarded"] = ["one" in store, await store.has("one")]
    return out


async def main():
    out = {}
    root = pathlib.Path(tempfile.mkdtemp()) / "a" / "b"
    out["memory"] = await both(agentrec.InMemoryStore(), root)
    files = agentrec.FileStore(root)
    out["made"] = root.is_dir()
    out["files"] = await both(files, root)
    for name in ("b", "a", "openai_gpt-4o_0123456789abcdef", "weird/id: *?", "..", ""):
        await files.save(name, made(name, category=name))
        out[f"file {name}"] = [(await files.load(name)).metadata["category"], name in files]
    out["ids"] = [name for name in files.ids() if name in ("a", "b")]
    out["count"] = [len(files), len(files.ids()) == len(list(root.glob("*.json"))), files.root == root]
    out["all inside"] = all(path.parent == root for path in root.rglob("*"))

    document = json.loads((root / "b.json").read_text())
    document.pop("summary", None)
    out["document"] = document
    out["keys"] = list(document)

    secrets = {
        "anthropic": "sk-ant-api03-abcdefghijklmnop",
        "openai": "sk-proj-abcdefghijklmnop",
        "aws": "AKIAABCDEFGHIJKLMNOP",
        "bearer": "say Bearer abc.def-1 and",
        "password": '{"password": "hunter2"}',
        "token": '{"token":"abc", "access-token": "x"}',
        "quoted": '{\\"api_key\\": \\"abc\\"}',
        "none": "no secret at all, sk-short",
    }
    for name, text in secrets.items():
        await files.save("secret", made(content=text.encode()))
        out[f"secret {name}"] = [
            (await files.load("secret")).request.content.decode(),
            store_module.scrub_secrets(text),
        ]
    out["headers"] = [
        dict((await files.load("secret")).request.headers)[b"Authorization"].decode(),
        dict((await files.load("secret")).response_headers)[b"set-cookie"].decode(),
    ]
    import re

    own = agentrec.FileStore(root / "own", secret_patterns=[(re.compile(r"CUST-(\d)\d+"), r"<\1>")])
    await own.save("x", made(content=b"CUST-1234"))
    out["own"] = (await own.load("x")).request.content.decode()
    raw = agentrec.FileStore(str(root / "raw"), scrub_request_body=False)
    await raw.save("x", made(content=b"sk-proj-abcdefghijklmnop"))
    out["raw"] = (await raw.load("x")).request.content.decode()

    class Mine(agentrec.InteractionStore):
        async def save(self, interaction_id, interaction): ...

        async def load(self, interaction_id):
            if interaction_id == "there":
                return made()
            raise KeyError(interaction_id)

    mine = Mine()
    out["mine"] = [await mine.has("there"), await mine.has("not"), await mine.discard("x")]
    try:
        agentrec.InteractionStore()
    except TypeError:
        out["abstract"] = sorted(agentrec.InteractionStore.__abstractmethods__)
    out["coroutines"] = [
        inspect.iscoroutinefunction(getattr(cls, name))
        for cls in (agentrec.FileStore, agentrec.InMemoryStore, agentrec.InteractionStore)
        for name in ("save", "load", "has", "discard")
    ]
    out["equal"] = made() == made() and made() != made("x")
    print(json.dumps(out))


asyncio.run(main())
