"""A miss that nobody can swallow: neither the app, nor a child, nor a marker of pytest."""

from __future__ import annotations

import re
import sys

import pytest
from pytest_plugin.suite import Suite, section

TEXT = "agentrec: no recording in "
NOTHING = "there is nothing recorded there yet. Record it with AGENTREC_MODE=auto"


def test_swallowed(suite: Suite) -> None:
    """A test in which a call was missed fails with the words of the miss, whatever it made of the error."""
    suite.write(
        "test_app.py",
        """
        import subprocess, sys
        import pytest
        from app import swallow

        def test_caught():
            assert swallow() == "418"

        def test_in_a_child():
            subprocess.run([sys.executable, "-c", "import app; app.swallow()"], check=True)

        def test_skipped():
            swallow()
            pytest.skip("no model here")

        @pytest.mark.xfail
        def test_xfail():
            assert swallow() == "an answer"
        """,
    )
    ran = suite.pytest("--agentrec", "replay", "--junitxml", "report.xml")
    assert (ran.code, suite.server.hits, "4 failed in" in ran.stdout) == (1, 0, True)
    report = (suite.folder / "report.xml").read_text()
    assert report.count('<failure message="Failed: agentrec: no recording in ') == 4
    for name in "caught", "in_a_child", "skipped", "xfail":
        assert re.search(f"_ test_{name} _+\n{TEXT}.*{NOTHING}", ran.stdout)
        assert f"FAILED test_app.py::test_{name} - Failed: agentrec: no recording" in ran.stdout
    assert section(ran) == ["0 replayed, 0 recorded, 4 missed · mode replay · corpus"]


def test_failed_already(suite: Suite) -> None:
    """A test that fails by itself keeps its failure, and gets the words of the miss as a section."""
    suite.write("test_app.py", "from app import swallow\ndef test_it(): assert swallow() == 'an answer'")
    ran = suite.pytest("--agentrec", "replay")
    report = ran.stdout.split("FAILURES")[1]
    assert "AssertionError: assert '418' == 'an answer'" in report
    assert re.search(f"^-+ agentrec -+\n{TEXT}", report, re.MULTILINE)


@pytest.mark.parametrize("sdk", ["openai", "anthropic"])
def test_told_once(suite: Suite, sdk: str) -> None:
    """A test that fails by its SDK's error tells the miss there, and nowhere else."""
    ask = {
        "openai": "OpenAI(base_url=URL + '/v1', api_key='k').responses.create(model='m', input='x')",
        "anthropic": "Anthropic(base_url=URL, api_key='k').messages.create(model='m', max_tokens=9, messages=[])",
    }[sdk]
    suite.write(
        "test_app.py",
        f"""
        from anthropic import Anthropic
        from openai import OpenAI
        URL = {suite.server.url!r}
        def test_it(): {ask}
        """,
    )
    ran = suite.pytest("--agentrec", "replay")
    assert (ran.code, "1 failed" in ran.stdout) == (1, True)
    assert (ran.stdout + ran.stderr).count(NOTHING) == 1


def test_tracebacks_that_are_hidden(suite: Suite) -> None:
    """With ``--tb=no`` the summary tells the miss."""
    suite.write("test_app.py", "from app import swallow\ndef test_it(): swallow()")
    assert NOTHING in section(suite.pytest("--agentrec", "replay", "--tb=no"))[1]


def test_the_next_test_is_not_to_blame(suite: Suite) -> None:
    """A miss fails the test it happened in, and no other."""
    suite.write(
        "test_app.py",
        """
        from app import swallow

        def test_before(): pass
        def test_misses(): swallow()
        def test_after(): pass
        """,
    )
    assert "1 failed, 2 passed" in suite.pytest("--agentrec", "replay").stdout


def test_in_fixtures(suite: Suite) -> None:
    """A miss that a fixture swallowed is an error of the test that set it up, or took it down."""
    suite.write(
        "test_app.py",
        """
        import pytest
        from app import swallow

        @pytest.fixture(scope="session")
        def wide(): return swallow()

        @pytest.fixture
        def narrow(): return swallow()

        @pytest.fixture
        def late():
            yield
            swallow()

        def test_wide(wide): pass
        def test_narrow(narrow): pass
        def test_late(late): pass
        def test_none(wide): pass
        """,
    )
    ran = suite.pytest("--agentrec", "replay")
    assert (ran.code, "2 passed, 3 errors" in ran.stdout) == (1, True)
    for where in "at setup of test_wide", "at setup of test_narrow", "at teardown of test_late":
        assert re.search(f" ERROR {where} _+\n{TEXT}", ran.stdout)


def test_outside_any_test(suite: Suite) -> None:
    """A miss while tests are collected ends the session red, and the summary says what it was."""
    suite.write("test_app.py", "from app import swallow\nswallow()\ndef test_it(): pass")
    ran = suite.pytest("--agentrec", "replay")
    assert (ran.code, "1 passed" in ran.stdout) == (1, True)
    first, text = section(ran)
    assert first == "0 replayed, 0 recorded, 1 missed · mode replay · corpus"
    assert text.startswith("no recording in ") and NOTHING in text


def test_drift(suite: Suite) -> None:
    """In verify, a test whose answers drifted fails with what differs."""
    suite.write("test_app.py", "from app import ask\ndef test_it(): ask()")
    assert suite.pytest("--agentrec", "auto").code == 0
    ran = suite.pytest("--agentrec", "verify")
    assert ran.code == 1
    assert 'drifted: choices[0].message.content: "answer 1 to: hi" → "answer 2 to: hi"' in ran.stdout


def test_refused_connections(suite: Suite) -> None:
    """A connection to an LLM host past every seam fails each test that tried it, though it is told once."""
    suite.write(
        "test_app.py",
        """
        import socket, pytest

        @pytest.mark.parametrize("time", [1, 2])
        def test_it(time):
            try: socket.create_connection(("api.openai.com", 443))
            except OSError: pass
        """,
    )
    ran = suite.pytest("--agentrec", "replay")
    assert (ran.code, "2 failed" in ran.stdout) == (1, True)
    assert ran.stdout.count("] - Failed: refused a connection to") == 2


def test_under_run(suite: Suite) -> None:
    """Under ``agentrec run`` both say so: pytest by its exit code, which run passes on, and run's summary."""
    suite.write("test_app.py", "from app import swallow\ndef test_it(): swallow()")
    run = ["-m", "agentrec_auto", "run", "--mode", "replay", "--", sys.executable]
    ran = suite.python(*run, "-m", "pytest", "-p", "agentrec_auto")
    assert ran.code == 1
    assert section(ran) == ["0 replayed, 0 recorded, 1 missed · mode replay · corpus"]
    counts, text = ran.stderr.splitlines()
    assert counts == "agentrec: 0 replayed, 0 recorded, 1 missed · mode replay · corpus"
    assert NOTHING in text, "stderr may go elsewhere than what pytest has said"


def test_under_run_in_one_stream(suite: Suite) -> None:
    """Where both write to the same place, the words come once."""
    suite.write("test_app.py", "from app import swallow\ndef test_it(): swallow()")
    command = f"{sys.executable} -m agentrec_auto run --mode replay -- {sys.executable} -m pytest -p agentrec_auto 2>&1"
    ran = suite.python("-c", f"import os; os.system({command!r})")
    assert ran.stdout.count(NOTHING) == 1
    assert ran.stdout.endswith("agentrec: what was missed is told above\n")
