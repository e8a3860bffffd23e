"""What is told at the end of a session beside its counts: what lies unused, and what went past us."""

from __future__ import annotations

import json

import pytest
from pytest_plugin.suite import Suite, section

TWO = """
    from app import ask

    def test_one(): ask("one")
    def test_two(): ask("two")
"""
ONE = """
    from app import ask

    def test_one(): ask("one")
"""


@pytest.fixture
def recorded(suite: Suite) -> Suite:
    """A suite whose two questions are recorded, of which it asks one any more."""
    suite.write("test_app.py", TWO)
    assert suite.pytest("--agentrec", "auto").code == 0
    suite.write("test_app.py", ONE)
    return suite


def test_unused(recorded: Suite) -> None:
    """A whole run names the recordings that no test replayed."""
    first, told, name = section(recorded.pytest("--agentrec", "replay"))
    assert first == "1 replayed, 0 recorded, 0 missed · mode replay · corpus"
    assert told == "1 recording was not replayed by any test:"
    (unused,) = [one for one in recorded.recordings() if "two" in one["request"]["content"]]
    assert name == "  " + unused["metadata"]["key"]


def test_what_a_migration_keeps(recorded: Suite) -> None:
    """No test asks for it, and it isn't called unused."""
    kept = recorded.folder / "corpus" / "migration__x__to__y.json"
    kept.write_text(json.dumps(recorded.recordings()[0]))
    assert len(section(recorded.pytest("--agentrec", "replay"))) == 3


def test_unused_or_not_come_to(recorded: Suite) -> None:
    """Where tests failed or were skipped, their calls may be those that are missing, and that is said."""
    recorded.write("test_more.py", "import pytest\ndef test_skips(): pytest.skip('not today')\n")
    lines = section(recorded.pytest("--agentrec", "replay"))
    assert lines[1] == "1 recording was not replayed by any test (1 skipped):"


def test_not_in_a_part(recorded: Suite) -> None:
    """A run of some of the tests says nothing of what the others may use."""
    recorded.write("test_more.py", "def test_more(): pass")
    for part in "-k one", "--ignore test_more.py", "test_app.py::test_one", "test_app.py":
        assert len(section(recorded.pytest("--agentrec", "replay", *part.split()))) == 1, part


def test_not_where_collecting_failed(recorded: Suite) -> None:
    """Nor does a run that could not collect them."""
    recorded.write("test_more.py", "import nonsense")
    ran = recorded.pytest("--agentrec", "replay", "--continue-on-collection-errors")
    assert "1 passed, 1 error" in ran.stdout
    assert len(section(ran)) == 1


def test_paths_of_all_tests(recorded: Suite) -> None:
    """Paths that hold every test file are a whole run."""
    assert len(section(recorded.pytest("--agentrec", "replay", "test_app.py"))) == 3


def test_many_unused(suite: Suite) -> None:
    """Ten are named, all of them with ``-v``."""
    suite.write("test_app.py", "from app import ask\ndef test_one():\n  for n in range(13): ask(str(n))")
    assert suite.pytest("--agentrec", "auto").code == 0
    suite.write("test_app.py", "from app import ask\ndef test_one(): ask('0')")
    lines = section(suite.pytest("--agentrec", "replay"))
    assert (len(lines), lines[-1]) == (13, "  and 2 more (-v names all)")
    assert len(section(suite.pytest("--agentrec", "replay", "-v"))) == 14


def test_an_sdk_without_a_call(suite: Suite) -> None:
    """Where an SDK was imported and no call was seen, that is told."""
    suite.write("replicate.py", "")
    suite.write("test_app.py", "import replicate\ndef test_it(): pass")
    (alarm,) = section(suite.pytest("--agentrec", "replay"))
    assert alarm.startswith("replicate was imported, but no LLM call was seen")


def test_tests_that_are_only_collected(suite: Suite) -> None:
    """Where no test is run, that no call was seen is no news."""
    suite.write("replicate.py", "")
    suite.write("test_app.py", "import replicate\ndef test_it(): pass")
    assert "no LLM call was seen" not in suite.pytest("--agentrec", "replay", "--collect-only").stdout


def test_warnings(suite: Suite) -> None:
    """What agentrec warned of while tests had their output captured is told again."""
    in_the_way = "from pathlib import Path\n    Path('corpus').touch()"
    suite.write("test_app.py", ONE.replace("from app import ask", f"{in_the_way}\n    from app import ask"))
    ran = suite.pytest("--agentrec", "record")
    assert ran.code == 0
    assert any("was not recorded: can't write to" in line for line in section(ran))
