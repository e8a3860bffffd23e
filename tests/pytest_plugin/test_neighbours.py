"""Tools that fake HTTP inside the process win over us, in every mode."""

from __future__ import annotations

import pytest
from pytest_plugin.suite import Suite, section

FAKED = """
    import httpx, httpx2, respx

    URL = "https://api.openai.com/v1/chat/completions"

    def test_respx():
        with respx.mock:
            respx.post(URL).respond(json={"faked": "respx"})
            assert httpx.post(URL, json={}).json() == {"faked": "respx"}

    def test_pytest_httpx(httpx_mock):
        httpx_mock.add_response(json={"faked": "pytest-httpx"})
        assert httpx.post(URL, json={}).json() == {"faked": "pytest-httpx"}

    def test_mock_transport():
        transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json={"faked": "by hand"}))
        assert httpx2.Client(transport=transport).post(URL, json={}).json() == {"faked": "by hand"}
"""


@pytest.mark.parametrize("mode", ["replay", "auto", "verify"])
def test_fakes(suite: Suite, mode: str) -> None:
    """respx, pytest-httpx and mock transports answer as ever; there is nothing to record, and no alarm."""
    suite.write("test_app.py", FAKED)
    suite.write("replicate.py", "")
    suite.write("conftest.py", "import replicate  # the name of an SDK")
    ran = suite.pytest("--agentrec", mode, plugins="respx pytest_httpx")
    assert "3 passed" in ran.stdout, ran.stdout
    assert (section(ran), suite.recordings()) == ([], [])
