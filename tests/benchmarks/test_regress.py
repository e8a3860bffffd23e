"""The comparison with an earlier commit finds what became slower, and only that."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # the benchmarks are no part of what is installed

from benchmarks import regress  # noqa: E402

CHECK = replace(regress.CHECKS[0], recorded=10, calls=20, rounds=12, generations=2)
SEAM = Path(regress.PACKAGE, "seams", "httpx_family.py")
SLOW = """

_quickly = _answering


def _answering(module, kind):
    answer = _quickly(module, kind)

    def slowly(*words):
        sum(range(6000))
        return answer(*words)

    return slowly
"""
BROKEN = """

def _answering(module, kind):
    return lambda wrapped, instance, args, kwargs: wrapped(*args, **kwargs)
"""


@pytest.fixture
def trees(tmp_path: Path) -> dict[str, str]:
    """Two copies of the package as it is."""
    places = {name: str(tmp_path / name) for name in ("base", "here")}
    for place in places.values():
        regress.copied(str(ROOT), place)
    return places


def verdict(trees: dict[str, str], tmp_path: Path) -> regress.Verdict:
    """How warm replay comes out."""
    (one,) = regress.judge(trees, [CHECK], str(tmp_path))
    assert (one.failed, one.wrong) == ("", 0)
    return one


def test_equal_trees_pass(trees: dict[str, str], tmp_path: Path) -> None:
    """The same code is not slower than itself."""
    assert not verdict(trees, tmp_path).slower


def test_planted_slowdown_is_found(trees: dict[str, str], tmp_path: Path) -> None:
    """A hundred microseconds more a call are seen."""
    with Path(trees["here"], SEAM).open("a") as file:
        file.write(SLOW)
    found = verdict(trees, tmp_path)
    assert found.slower and found.ratio > 1.2


def test_broken_tree_says_so(trees: dict[str, str], tmp_path: Path) -> None:
    """A tree that lets calls through is not fast: it failed."""
    with Path(trees["here"], SEAM).open("a") as file:
        file.write(BROKEN)
    (one,) = regress.judge(trees, [replace(CHECK, rounds=2)], str(tmp_path))
    assert one.failed


def test_unknown_base(capsys: pytest.CaptureFixture[str]) -> None:
    """A commit that isn't there is asked wrongly."""
    assert regress.main(["--base", "no-such-commit"]) == 2
    assert "can't take 'no-such-commit' from git" in capsys.readouterr().err
