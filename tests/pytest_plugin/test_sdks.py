"""The real SDKs under pytest: recorded against a server, replayed when it is gone, without a key."""

from __future__ import annotations

from pytest_plugin.suite import Suite, section

TESTS = """
    import os

    import anthropic, openai, pytest

    ASKED = [{"role": "user", "content": "why?"}]
    BASE = os.environ["URL"]

    @pytest.fixture(scope="module")
    def ai():
        return openai.OpenAI(base_url=BASE + "/v1")

    @pytest.fixture
    def claude():
        return anthropic.Anthropic(base_url=BASE)

    def test_openai(ai):
        said = [ai.chat.completions.create(model="m", messages=ASKED).choices[0].message.content for _ in "12"]
        print("openai", said)
        assert said[0] != said[1]

    def test_openai_streams(ai):
        stream = ai.chat.completions.create(model="m", messages=ASKED, stream=True)
        pieces = [chunk.choices[0].delta.content for chunk in stream if chunk.choices]
        print("openai streams", pieces)
        assert len(pieces) > 2

    def test_anthropic(claude):
        print("anthropic", claude.messages.create(model="c", max_tokens=9, messages=ASKED).content[0].text)

    @pytest.mark.asyncio
    async def test_anthropic_streams():
        async with anthropic.AsyncAnthropic(base_url=BASE) as claude:
            async with claude.messages.stream(model="c", max_tokens=9, messages=ASKED) as stream:
                print("anthropic streams", [text async for text in stream.text_stream])

    @pytest.mark.asyncio
    async def test_openai_async():
        async with openai.AsyncOpenAI(base_url=BASE + "/v1") as ai:
            print("openai async", (await ai.responses.create(model="m", input="why?")).output_text)
"""
KEYS = {"OPENAI_API_KEY": "sk-live-0123456789abcdefghij", "ANTHROPIC_API_KEY": "sk-ant-0123456789abcdefghij"}


def test_record_and_replay(suite: Suite) -> None:
    """The same answers in the same pieces, with neither server nor key."""
    suite.write("test_sdks.py", TESTS)
    suite.write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function")
    plugins = "pytest_asyncio.plugin"
    live = suite.pytest("-rP", "--agentrec", "auto", plugins=plugins, **KEYS)
    assert section(live) == ["0 replayed, 6 recorded, 0 missed · mode auto · corpus"], live.stdout
    suite.server.stop()
    replayed = suite.pytest("-rP", plugins=plugins, AGENTREC_MODE="replay")
    assert section(replayed) == ["6 replayed, 0 recorded, 0 missed · mode replay · corpus"], replayed.stdout
    assert answers(replayed.stdout) == answers(live.stdout)
    assert len(answers(live.stdout)) == 5


def answers(output: str) -> list[str]:
    """What the tests printed, in an order that doesn't depend on theirs."""
    return sorted(line for line in output.splitlines() if line.startswith(("openai ", "anthropic ")))
