"""``@pytest.mark.agentrec``: settings for one test, a class or a module."""

from __future__ import annotations

import pytest
from pytest_plugin.suite import APP, Suite, section


def marked(suite: Suite, mark: str, body: str = "ask()") -> None:
    """A suite of a marked test, and then one that isn't."""
    suite.write(
        "test_app.py",
        f"""
        import subprocess, sys
        import pytest
        from app import ask

        @pytest.mark.agentrec({mark})
        def test_marked():
            {body}

        def test_plain():
            ask("plain")
        """,
    )


def test_registered(suite: Suite) -> None:
    """``pytest --markers`` explains it, and ``--strict-markers`` knows it."""
    marked(suite, "mode='off'")
    assert "@pytest.mark.agentrec(mode=, corpus=, category=, on_miss=): " in suite.pytest("--markers").stdout
    assert suite.pytest("--strict-markers").code == 0


def test_corpus(suite: Suite) -> None:
    """Another corpus for what this test, and what it starts, records: beside the ini file if it is relative."""
    child = """subprocess.run([sys.executable, "-c", "import app; app.ask('of a child')"], check=True)"""
    marked(suite, "corpus='elsewhere'", f"ask(); {child}")
    ran = suite.pytest("--agentrec", "auto")
    assert (ran.code, suite.asked("elsewhere"), suite.asked()) == (0, ["hi", "of a child"], ["plain"])
    assert suite.pytest("--agentrec", "replay").code == 0


def test_mode(suite: Suite) -> None:
    """Another mode: here a test that never goes live in a run that records."""
    marked(suite, "mode='replay'")
    ran = suite.pytest("--agentrec", "auto")
    assert "1 failed, 1 passed" in ran.stdout
    assert (suite.asked(), suite.server.hits) == (["plain"], 1)


def test_off(suite: Suite) -> None:
    """``mode="off"`` leaves a test alone: it goes live, unrecorded, without made-up keys, and so do its children."""
    child = """subprocess.run([sys.executable, "-c", "import app; app.ask('child')"], check=True)"""
    marked(suite, "mode='off'", f"import os; assert 'GROQ_API_KEY' not in os.environ; ask(); {child}")
    ran = suite.pytest("--agentrec", "replay", "-k", "marked")
    assert (ran.code, suite.server.hits, suite.recordings()) == (0, 2, [])


def test_off_where_a_library_is_imported(suite: Suite) -> None:
    """A library first imported by a test that is left alone is intercepted for the tests after it."""
    suite.write("app.py", "def ask(text='hi'):\n    import client\n    return client.ask(text)")
    suite.write("client.py", APP)
    marked(suite, "mode='off'")
    ran = suite.pytest("--agentrec", "auto")
    assert (ran.code, suite.asked()) == (0, ["plain"])


def test_on_miss(suite: Suite) -> None:
    """``on_miss="live"`` lets this test's misses through."""
    marked(suite, "on_miss='live'")
    ran = suite.pytest("--agentrec", "replay")
    assert "1 failed, 1 passed" in ran.stdout
    assert section(ran)[0].startswith("0 replayed, 0 recorded, 1 missed, 1 live, unrecorded")


def test_category(suite: Suite) -> None:
    """``category=`` is put on what the test records, beside the tags of the run."""
    marked(suite, "category='greeting'")
    assert suite.pytest("--agentrec", "auto", AGENTREC_TAGS="team=search").code == 0
    told = {one["metadata"].get("category"): one["metadata"]["tags"] for one in suite.recordings()}
    assert told == {"greeting": {"team": "search"}, None: {"team": "search"}}


def test_the_closest_holds(suite: Suite) -> None:
    """A test's own marker over its class's over its module's, each keyword for itself."""
    suite.write(
        "test_app.py",
        """
        import pytest
        from app import ask

        pytestmark = pytest.mark.agentrec(corpus="of-module", category="of-module")

        @pytest.mark.agentrec(corpus="of-class")
        class TestIt:
            def test_one(self): ask("one")

            @pytest.mark.agentrec(corpus="of-test")
            def test_two(self): ask("two")

        def test_three(): ask("three")
        """,
    )
    assert suite.pytest("--agentrec", "auto").code == 0
    assert [suite.asked(f"of-{who}") for who in ("module", "class", "test")] == [["three"], ["one"], ["two"]]
    assert {one["metadata"]["category"] for one in suite.recordings("of-test")} == {"of-module"}


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        (
            "mode='replya'",
            "unknown mode 'replya' in {}: expected off, record, replay, auto, refresh or verify",
        ),
        ("modus='off'", "unknown 'modus' in {}: expected mode, corpus, category or on_miss"),
        ("'off'", "nameless 'off' in {}: expected mode, corpus, category or on_miss, by name"),
    ],
)
def test_wrong(suite: Suite, mark: str, told: str) -> None:
    """A marker that can't be followed is a usage error, before any test runs."""
    marked(suite, mark)
    ran = suite.pytest("--agentrec", "auto")
    assert (ran.code, suite.server.hits) == (4, 0)
    assert "agentrec: " + told.format("@pytest.mark.agentrec of test_app.py::test_marked") in ran.stderr


@pytest.mark.parametrize("words", [[], ["-n", "1"]], ids=["alone", "xdist"])
def test_by_itself(suite: Suite, words: list[str]) -> None:
    """A marker that says a mode switches on for its test, where nobody else says any."""
    marked(suite, "mode='auto'")
    ran = suite.pytest(*words, plugins="xdist.plugin")
    assert (ran.code, suite.asked(), suite.server.hits) == (0, ["hi"], 2)
    assert section(ran)[0] == "0 replayed, 1 recorded, 0 missed · mode off, but for marked tests · corpus"


def test_by_itself_inside_a_program(suite: Suite) -> None:
    """Nor is anything left behind by a run that only a marker switched on."""
    marked(suite, "mode='auto'")
    suite.write(
        "program.py",
        """
        import os, pytest

        pytest.main(["-p", "agentrec_auto"])
        print({name: value for name, value in os.environ.items() if name.startswith("AGENTREC")})
        """,
    )
    assert suite.python("program.py").stdout.endswith("\n{}\n")


def test_off_wins(suite: Suite) -> None:
    """A run that is explicitly off is off for marked tests, too."""
    marked(suite, "mode='auto'")
    assert suite.pytest(AGENTREC_MODE="off").code == 0
    assert (suite.recordings(), suite.server.hits) == ([], 2)


def test_wider_fixtures(suite: Suite) -> None:
    """A session's fixture is set up and taken down under the session's settings, whichever test needs it."""
    suite.write(
        "test_app.py",
        """
        import pytest
        from app import ask

        @pytest.fixture(scope="session")
        def thing():
            ask("made")
            yield
            ask("taken down")

        @pytest.mark.agentrec(corpus="of-test")
        def test_it(thing):
            ask("used")
        """,
    )
    assert suite.pytest("--agentrec", "auto").code == 0
    assert (suite.asked(), suite.asked("of-test")) == (["made", "taken down"], ["used"])
