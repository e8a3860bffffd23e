"""Each test counts takes from 1, whatever ran before it."""

from __future__ import annotations

from pytest_plugin.suite import Suite

TESTS = """
    import pytest
    from app import ask

    @pytest.fixture(scope="session")
    def greeting():
        return ask()

    def test_one(greeting):
        print(f"one {greeting} | {ask()} | {ask()}")

    def test_two(greeting):
        print(f"two {greeting} | {ask()}")
"""


def told(suite: Suite, *words: str) -> list[str]:
    """What the tests print, in order of their names."""
    ran = suite.pytest("-s", "-q", *words)
    assert ran.code == 0, ran.stdout
    return sorted(line.lstrip(".") for line in ran.stdout.splitlines() if "answer" in line)


def test_lanes(suite: Suite) -> None:
    """A test alone, all in order, and all in another order get the same answers.

    A session's fixture has a lane of its own, so that it doesn't count for the test that needs it first.
    """
    suite.write("test_app.py", TESTS)
    told(suite, "--agentrec", "auto")
    both = told(suite, "--agentrec", "replay")
    assert both == [
        "one answer 1 to: hi | answer 1 to: hi | answer 3 to: hi",
        "two answer 1 to: hi | answer 1 to: hi",
    ]
    assert told(suite, "--agentrec", "replay", "test_app.py::test_two") == both[1:]
    assert told(suite, "--agentrec", "replay", "test_app.py::test_two", "test_app.py::test_one") == both


def test_tried_again(suite: Suite) -> None:
    """Each attempt of a plugin that runs a test again counts from take 1."""
    suite.write("test_app.py", "from app import ask\ndef test_it(): print('told', ask(), ask())")
    suite.write(
        "conftest.py",
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            for log in False, True:
                runtestprotocol(item, log=log, nextitem=nextitem)
            return True
        """,
    )
    told(suite, "--agentrec", "auto")
    assert told(suite, "--agentrec", "replay") == ["told answer 1 to: hi answer 2 to: hi"] * 2


def test_async_tests(suite: Suite) -> None:
    """Tests and fixtures of pytest-asyncio and anyio are tests and fixtures like any other."""
    suite.write(
        "test_app.py",
        """
        import os
        import httpx2, pytest, pytest_asyncio

        async def ask(client, text):
            body = {"model": "m", "messages": [{"role": "user", "content": text}]}
            answer = await client.post(os.environ["URL"] + "/v1/chat/completions", json=body)
            return answer.json()["choices"][0]["message"]["content"]

        @pytest_asyncio.fixture
        async def client():
            async with httpx2.AsyncClient() as made:
                yield made

        @pytest.mark.asyncio
        async def test_asyncio(client):
            print("asyncio", await ask(client, "hi"), await ask(client, "hi"))

        @pytest.fixture
        async def theirs():
            async with httpx2.AsyncClient() as made:
                yield made

        @pytest.mark.anyio
        async def test_anyio(theirs, anyio_backend_name):
            print(anyio_backend_name, await ask(theirs, "hi"))

        @pytest.fixture
        def anyio_backend(): return "asyncio"
        """,
    )
    suite.write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function")
    plugins = "pytest_asyncio.plugin anyio"
    ran = suite.pytest("-s", "--agentrec", "auto", plugins=plugins)
    assert ran.code == 0, ran.stdout
    suite.server.stop()
    ran = suite.pytest("-s", "--agentrec", "replay", plugins=plugins)
    assert "asyncio answer 1 to: hi answer 2 to: hi" in ran.stdout
    assert "asyncio answer 1 to: hi\n" in ran.stdout
