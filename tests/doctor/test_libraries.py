"""What the doctor says of HTTP libraries and SDKs."""

from __future__ import annotations

import venv
from pathlib import Path

import pytest
from doctor.asking import Ask, Installed


def test_a_python_without_libraries(ask: Ask, project: Path) -> None:
    """In an interpreter that has no HTTP library there is nothing to record."""
    venv.create(project / "bare")
    answer = ask(str(project / "bare/bin/python"), "app.py")
    assert answer.code == 1
    assert (
        "none of the libraries that are intercepted (httpx, httpx2, aiohttp, urllib3, lm15)" in answer.verdict
    )


def test_a_version_without_the_target(ask: Ask, project: Path) -> None:
    """A library in which our target isn't there is refused softly, and named."""
    (project / "httpx.py").write_text("__version__ = '1.0.dev9'\nclass Client: ...\nclass AsyncClient: ...\n")
    answer = ask("python", "app.py")
    assert (answer.state("httpx"), answer.state("httpx2")) == ("not_covered", "covered")
    assert "can't intercept httpx 1.0.dev9" in answer.text("httpx")


@pytest.mark.parametrize("mode", ["auto", "replay"])
def test_no_version_with_the_target(ask: Ask, project: Path, mode: str) -> None:
    """Where none can be intercepted the answer is no, in replay too, where importing them is refused."""
    for name in ("httpx", "httpx2", "aiohttp", "urllib3", "lm15"):
        (project / f"{name}.py").write_text("__version__ = '9'\n")
    answer = ask("python", "app.py", flags=("--mode", mode))
    assert (answer.code, answer.state("openai")) == (1, "not_covered")
    assert answer.verdict == "no: no HTTP library can be intercepted in these versions"


@pytest.mark.parametrize(
    ("there", "subject", "text"),
    [
        (["claude-agent-sdk 0.2"], "claude-agent-sdk", "a native program"),
        (["google-generativeai 0.8"], "google-generativeai", "gRPC"),
    ],
)
def test_sdks_that_go_past_us(
    ask: Ask, installed: Installed, there: list[str], subject: str, text: str
) -> None:
    """They are named, with what they call by; the others stay covered."""
    answer = ask("python", "app.py", env=installed(*there))
    assert answer.code == 0
    assert "not_covered" in answer.state(subject)
    assert text in answer.text(subject)
    assert f"for {subject}, see below" in answer.verdict


@pytest.mark.parametrize(
    ("there", "subject", "text"),
    [
        (["boto3 1.44 botocore", "botocore 1.44"], "boto3", "calls by urllib3"),
        (["google-genai 3.4 httpx2", "aiohttp 3.14"], "google-genai", "calls by aiohttp or httpx2"),
        (["dspy 3.4.1 litellm"], "dspy", "calls by lm15"),
        (["cohere 5.0 requests"], "cohere", "calls by urllib3"),
    ],
)
def test_sdks_that_are_covered(
    ask: Ask, installed: Installed, there: list[str], subject: str, text: str
) -> None:
    """Each by the library that carries its calls."""
    answer = ask("python", "app.py", env=installed(*there))
    assert (answer.code, answer.state(subject), answer.text(subject)) == (0, "covered", text)


def test_an_older_version_goes_another_way(ask: Ask, installed: Installed) -> None:
    """DSPy before 3.4 called by LiteLLM, and that by httpx."""
    answer = ask("python", "app.py", env=installed("dspy 3.3.0 litellm", "litellm 1.106 httpx aiohttp"))
    assert (answer.state("dspy"), answer.text("dspy")) == ("covered", "calls by aiohttp or httpx")


def test_only_sdks_that_go_past_us(ask: Ask, installed: Installed, project: Path) -> None:
    """Where each SDK goes past us the answer is no, though an HTTP library is intercepted."""
    venv.create(project / "bare")
    installed("boto3 1.44 botocore")
    (project / "site/httpx.py").write_text(
        "class Client:\n    def _transport_for_url(self, url): ...\nclass AsyncClient(Client):\n"
        "    def _transport_for_url(self, url): ...\n"
        "class BaseTransport: ...\nclass AsyncBaseTransport: ...\nclass SyncByteStream: ...\n"
        "class AsyncByteStream: ...\nclass HTTPTransport: ...\nclass AsyncHTTPTransport: ...\n"
    )
    answer = ask(str(project / "bare/bin/python"), "app.py", env={"PYTHONPATH": str(project / "site")})
    assert answer.state("httpx") == "covered"
    assert (answer.code, answer.verdict.partition(":")[0]) == (1, "no")
    assert "boto3" in answer.verdict
