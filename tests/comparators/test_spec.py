"""Which comparators a spec means, and where they come from."""

from __future__ import annotations

import pickle
import sys

import pytest
from processes import run

from agentrec_auto.comparators import Pair, Side, build_comparators
from agentrec_auto.settings import ComparatorSettings

OWN = (ComparatorSettings("no-apology", "regex", "sorry", "absent"),)


def names(spec, **more):
    return [one.name for one in build_comparators(spec, patterns=OWN, **more)]


@pytest.mark.parametrize(
    ("spec", "meant"),
    [
        ("exact,fuzzy", ["exact", "fuzzy"]),
        (" EXACT ,, exact ", ["exact"]),
        ("all", ["exact", "fuzzy", "embedding", "judge"]),
        ("all,toolcalls,exact", ["exact", "fuzzy", "embedding", "judge", "toolcalls"]),
        ("toolcalls,json:category,judge", ["toolcalls", "json:category", "judge"]),
        ("json:category,entities.*,judge", ["json:category+entities.*", "judge"]),
        ("json:category+entities.*.name,exact", ["json:category+entities.*.name", "exact"]),
        ("json:a,json:b,json", ["json:a", "json:b", "json"]),
        ("json:Total+judge", ["json:Total+judge"]),
        ("toolcalls:names+unordered", ["toolcalls:names+unordered"]),
        ("toolcalls:names,unordered,no-apology", ["toolcalls:names+unordered", "no-apology"]),
        ("json:", ["json"]),
    ],
)
def test_meant(spec, meant):
    """Commas part comparators; behind one with options, words that name none are more options."""
    assert names(spec) == meant


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("", "no comparators selected"),
        (" , ", "no comparators selected"),
        (
            "bogus",
            "unknown comparator 'bogus'; expected any of exact, fuzzy, json, toolcalls, embedding, judge, ",
        ),
        ("exact,category", "unknown comparator 'category'"),
        (
            "json:category,jugde",
            r"unknown comparator 'jugde'.*\(one more option of json is written json:category\+jugde\)",
        ),
        ("exact:x", "comparator 'exact' takes no options, and got 'x'"),
        ("no-apology:x", "comparator 'no-apology' takes no options"),
        ("toolcalls:any", "unknown mode 'any' of toolcalls"),
        ("json:a..b", "bad body path 'a..b'"),
    ],
)
def test_refused(spec, said):
    """What a spec can't mean is a ValueError, in words."""
    with pytest.raises(ValueError, match=said):
        names(spec)


def test_thresholds():
    """Thresholds reach their comparators."""
    pair = Pair("q", Side(text="hello world"), Side(text="hello there"))
    [fuzzy] = build_comparators("fuzzy", fuzzy_threshold=0.5)
    assert fuzzy.score(pair).passed is True


def test_own_pattern():
    """A comparator of the config is called by its name."""
    [own] = build_comparators("no-apology", patterns=OWN)
    assert own.score(Pair("q", Side(text="a"), Side(text="so sorry"))).passed is False


@pytest.mark.parametrize("spec", ["exact", "fuzzy", "json:a", "toolcalls:names", "no-apology"])
def test_picklable(spec):
    """All that compute can be sent to another process."""
    pair = Pair("q", Side(text='{"a": 1}'), Side(text='{"a": 1}'))
    [comparator] = build_comparators(spec, patterns=OWN)
    assert pickle.loads(pickle.dumps(comparator)).score(pair) == comparator.score(pair)


PLUGIN = """
from agentrec_auto.comparators import ComparisonResult, Scorer

class Length(Scorer):
    def __init__(self, most="0"):
        self.name, self.most = f"length:{most}", int(most)

    def score(self, pair):
        off = abs(len(pair.baseline.text) - len(pair.target.text))
        return ComparisonResult(self.name, 1.0, off <= self.most)

def wrong():
    return 3
"""

ASK = """
import sys
from agentrec_auto.comparators import Pair, Side, build_comparators
try:
    made = build_comparators(sys.argv[1])
except ValueError as error:
    print(error)
else:
    print([(one.name, one.score(Pair("q", Side(text="abc"), Side(text="a"))).passed) for one in made])
"""


@pytest.fixture
def plugin(tmp_path):
    """A package with entry points, installed as packages are."""
    (tmp_path / "lengths.py").write_text(PLUGIN)
    told = tmp_path / "lengths-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: lengths\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(
        "[agentrec_auto.comparators]\nlength = lengths:Length\nwrong = lengths:wrong\ngone = lengths:gone\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("spec", "printed"),
    [
        ("length,exact", "[('length:0', False), ('exact', False)]"),
        ("length:2,exact", "[('length:2', True), ('exact', False)]"),
        (
            "wrong",
            "comparator 'wrong' is a int in the entry point of group agentrec_auto.comparators: expected ",
        ),
        ("gone", "comparator 'gone' can't be made (AttributeError: "),
        ("length:x", "comparator 'length' can't be made (ValueError: "),
        (
            "nothing",
            "unknown comparator 'nothing'; expected any of exact, fuzzy, json, toolcalls, embedding, judge, ",
        ),
    ],
)
def test_comparators_of_packages(plugin, spec, printed):
    """An entry point adds a comparator, with options; one that can't be made is told in words."""
    found = run(sys.executable, "-c", ASK, spec, env={"PYTHONPATH": str(plugin)})
    assert found.stdout.startswith(printed), found.stderr
