"""pytest-xdist: workers tell of their own tests, and the summary counts everything once."""

from __future__ import annotations

import sys

from pytest_plugin.suite import Suite, section

XDIST = "xdist.plugin"


def test_record_and_replay(suite: Suite) -> None:
    """Two workers record one run, and replay it."""
    suite.write(
        "test_app.py",
        """
        import pytest
        from app import ask

        @pytest.mark.parametrize("number", range(4))
        def test_it(number): assert ask(f"what is {number}?").endswith(f"to: what is {number}?")
        """,
    )
    ran = suite.pytest("-n", "2", "--agentrec", "auto", plugins=XDIST)
    assert (ran.code, section(ran)) == (0, ["0 replayed, 4 recorded, 0 missed · mode auto · corpus"])
    assert len({one["metadata"]["run"] for one in suite.recordings()}) == 1
    suite.server.stop()
    ran = suite.pytest("-n", "2", plugins=XDIST, AGENTREC_MODE="replay")
    assert (ran.code, section(ran)) == (0, ["4 replayed, 0 recorded, 0 missed · mode replay · corpus"])


def test_whose_miss(suite: Suite) -> None:
    """A miss in a child of one worker's test doesn't fail the test that another worker runs meanwhile.

    The tests wait for one another: opening one end of a FIFO lasts until the other is opened.
    """
    suite.write(
        "test_app.py",
        """
        import os, subprocess, sys
        HERE = os.path.dirname(__file__)

        def test_misses():
            os.close(os.open(HERE + "/begun", os.O_RDONLY))
            subprocess.run([sys.executable, "-c", "import app; app.swallow()"], check=True)
            os.close(os.open(HERE + "/missed", os.O_WRONLY))

        def test_waits():
            os.close(os.open(HERE + "/begun", os.O_WRONLY))
            os.close(os.open(HERE + "/missed", os.O_RDONLY))
        """,
    )
    for name in "begun", "missed":
        suite.python("-c", f"import os; os.mkfifo({name!r})")
    ran = suite.pytest("-n", "2", "--agentrec", "replay", plugins=XDIST)
    assert "FAILED test_app.py::test_misses - Failed: agentrec: no recording in" in ran.stdout
    assert "1 failed, 1 passed" in ran.stdout
    assert section(ran) == ["0 replayed, 0 recorded, 1 missed · mode replay · corpus"]


def test_outside_any_test(suite: Suite) -> None:
    """A miss while a worker collects ends the session red."""
    suite.write(
        "test_app.py",
        """
        import os
        from app import swallow

        if os.environ.get("PYTEST_XDIST_WORKER") == "gw0":
            swallow()

        def test_it(): pass
        """,
    )
    ran = suite.pytest("-n", "2", "--agentrec", "replay", plugins=XDIST)
    assert (ran.code, "1 passed" in ran.stdout) == (1, True)
    assert section(ran)[0] == "0 replayed, 0 recorded, 1 missed · mode replay · corpus"
    assert section(ran)[1].startswith("no recording in ")


def test_wrong_marker(suite: Suite) -> None:
    """A marker that can't be followed is an error of its test: a worker can't refuse to begin."""
    suite.write(
        "test_app.py",
        """
        import pytest

        @pytest.mark.agentrec(mode="replya")
        def test_wrong(): pass

        def test_right(): pass
        """,
    )
    ran = suite.pytest("-n", "1", "--agentrec", "auto", plugins=XDIST)
    assert "1 passed, 1 error" in ran.stdout
    assert (
        "\nagentrec: unknown mode 'replya' in @pytest.mark.agentrec of test_app.py::test_wrong" in ran.stdout
    )


def test_under_run(suite: Suite) -> None:
    """``agentrec run`` counts what all workers did, once."""
    suite.write("test_app.py", "from app import ask\ndef test_one(): ask('1')\ndef test_two(): ask('2')")
    words = ["-m", "agentrec_auto", "run", "--mode", "auto", "--", sys.executable, "-m", "pytest"]
    ran = suite.python(*words, "-p", "agentrec_auto", "-p", XDIST, "-n", "2")
    assert section(ran) == ["0 replayed, 2 recorded, 0 missed · mode auto · corpus"]
    assert ran.stderr == "agentrec: 0 replayed, 2 recorded, 0 missed · mode auto · corpus\n"


def test_a_miss_of_bytes_that_are_no_text(suite: Suite) -> None:
    """A miss whose difference lies in a file's bytes fails its test, and not the session."""
    suite.write(
        "test_app.py",
        """
        import httpx2, os, pytest
        from app import URL

        @pytest.mark.parametrize("number", range(2))
        def test_it(number):
            content = b"\\xff\\xfe" + os.environ["ASKED"].encode()
            httpx2.post(URL + "/v1/files", content=content).raise_for_status()
        """,
    )
    suite.pytest("--agentrec", "record", ASKED="one")
    ran = suite.pytest("-n", "2", "--agentrec", "replay", plugins=XDIST, ASKED="another")
    assert (ran.code, "2 failed" in ran.stdout) == (1, True)
    assert r'body: "\udcff\udcfeone" -> "\udcff\udcfeanother"' in ran.stdout
