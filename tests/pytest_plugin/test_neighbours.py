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


FAKE_FILES = """
    import os, pathlib
    import app, httpcore2  # which asks for its own version when httpx2 imports it, at its first call
    from pyfakefs.fake_filesystem_unittest import TestCase

    def test_fixture(fs):
        fs.create_file("/question.txt", contents="one")
        assert app.ask(open("/question.txt").read()) and not os.path.exists(__file__)

    class TestByHand(TestCase):
        def test_it(self):
            self.setUpPyfakefs()
            pathlib.Path("/question.txt").write_text("two")
            assert app.ask(pathlib.Path("/question.txt").read_text())

    def test_after_it():
        assert app.ask("three")
"""


def test_fake_files(suite: Suite) -> None:
    """Under pyfakefs recordings are written to the real disk, and replayed from it; and so after it."""
    suite.write("test_app.py", FAKE_FILES)
    for mode, told in (("auto", "0 replayed, 3 recorded"), ("replay", "3 replayed, 0 recorded")):
        ran = suite.pytest("--agentrec", mode, plugins="pyfakefs.pytest_plugin")
        assert "3 passed" in ran.stdout and told in section(ran)[0], ran.stdout + ran.stderr
    assert sorted(suite.asked()) == ["one", "three", "two"]
