"""What an app's process pays: neither pydantic nor a TOML parser, unless it has to read the file itself."""

from __future__ import annotations

import pytest

HEAVY = (
    "pydantic",
    "pydantic_core",
    "tomllib",
    "tomli",
    "rich",
    "typer",
    "difflib",
    "rapidfuzz",
    "typing_extensions",
)

LOADED = f"""
import json, os, sys, typing
import agentrec_auto.settings, agentrec_auto.errors
before = {{*sys.modules}}
{{code}}
new = {{{{*sys.modules}}}} - before
print(json.dumps({{{{"ours": sorted(name for name in new if name.startswith("agentrec_auto")),
    "others": sorted(name for name in new if not name.startswith("agentrec_auto")),
    "heavy": [name for name in {HEAVY!r} if name in sys.modules]}}}}))
"""


@pytest.fixture
def loaded(run_python):
    """``loaded("import x")``: the modules of ours, others and heavy ones that the code loads."""
    import json

    def after(code: str, **options):
        ran = run_python(
            "-c", LOADED.replace("{{", "{").replace("}}", "}").replace("{code}", code), **options
        )
        assert ran.code == 0, ran.stderr
        return json.loads(ran.stdout.splitlines()[-1])

    return after


RUNTIME = "from agentrec_auto.config.load import runtime_settings; print(runtime_settings(os.environ))"


def test_import(loaded):
    """Importing the loader loads five small modules of ours, and nothing of anyone else's."""
    modules = loaded("import agentrec_auto.config.load")
    assert modules["others"] == []
    assert modules["ours"] == [
        "agentrec_auto.config",
        *(f"agentrec_auto.config.{name}" for name in ("find", "keys", "load", "portable", "values")),
    ]


def test_no_file(loaded):
    """Without a config file settings come from the environment alone."""
    assert loaded(RUNTIME, env={"AGENTREC_MODE": "replay"})["heavy"] == []


def test_pyproject_of_others(loaded, tmp_path):
    """A pyproject.toml that doesn't mention us costs no parser."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert loaded(RUNTIME)["heavy"] == []


def test_handed_down(loaded, project):
    """With the settings that a parent handed down, a file isn't read again."""
    project.write("[agentrec]\nscope = 'all'\n[[key.rule]]\nignore = ['user']\n")
    assert loaded(RUNTIME, env=project.load().exports())["heavy"] == []


def test_wrong_variable(loaded):
    """A variable is judged without pydantic, too."""
    refused = "try:\n  " + RUNTIME.replace("; ", "\n  ") + "\nexcept ValueError: pass\nelse: raise SystemExit"
    assert loaded(refused, env={"AGENTREC_MODE": "replya"})["heavy"] == []


def test_file(loaded, project):
    """A file that nobody checked is checked, by pydantic: else the tests above could not fail."""
    project.write("[agentrec]\nscope = 'all'\n")
    assert {"pydantic", "tomllib"} & {*loaded(RUNTIME)["heavy"]}
