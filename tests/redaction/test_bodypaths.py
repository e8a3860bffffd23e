"""Body paths: how they are written, and what they lead to."""

import copy

import pytest

from agentrec_auto import bodypaths
from agentrec_auto.errors import ConfigError

DOCUMENT = {
    "metadata": {"run": 7, "a.b": {"c": 1}, "run2": None},
    "messages": [{"content": "one", "name": "n"}, {"content": "two"}, "three"],
    "tools": [{"name": "a"}, {"name": "b"}],
    "deep": {"x": [{"email": 1, "in": {"email": 2}}], "email": {"email": 3}},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("metadata.run", [7]),
        ("metadata", [DOCUMENT["metadata"]]),
        ("messages[*].content", ["one", "two"]),
        ("messages[0].content", ["one"]),
        ("messages[2]", ["three"]),
        ("messages[9].content", []),
        ("tools[1].name", ["b"]),
        ("**.email", [{"email": 3}, 1, 2]),
        ("deep.**.email", [{"email": 3}, 1, 2]),
        ("**.**.run", [7]),
        ("**[0].name", ["n", "a"]),
        ("metadata.*", [7, {"c": 1}, None]),
        ('metadata["a.b"].c', [1]),
        ("messages.content", []),
        ("metadata[0]", []),
        ("run", []),
    ],
)
def test_find(path, found):
    """A path leads to these values."""
    told = list(bodypaths.compile(path).find(DOCUMENT))
    assert sorted(map(repr, told)) == sorted(map(repr, found))


@pytest.mark.parametrize(
    ("path", "document", "left"),
    [
        ("a.b", {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}),
        ("a[*]", {"a": [1, 2, 3]}, {"a": []}),
        ("a[1]", {"a": [1, 2, 3]}, {"a": [1, 3]}),
        ("a[*].b", {"a": [{"b": 1}, {"c": 2}, 3]}, {"a": [{}, {"c": 2}, 3]}),
        ("**.b", {"b": {"b": 1}, "a": [[{"b": 2, "c": 3}]]}, {"a": [[{"c": 3}]]}),
        ("**[0]", [[1, 2], 3], [3]),
        ("a.b", [1], [1]),
        ("a", 5, 5),
    ],
)
def test_removed(path, document, left):
    """A document without them is a copy; what was given is left alone."""
    before = copy.deepcopy(document)
    assert bodypaths.compile(path).removed(document) == left
    assert document == before


def test_nothing_to_remove():
    """A document that a path doesn't lead into is not copied."""
    assert bodypaths.compile("metadata.nothing").removed(DOCUMENT) is DOCUMENT


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a.",
        "a..b",
        ".a",
        "a[",
        "a]",
        "a[x]",
        "a[-1]",
        "**",
        "a.**",
        'a["b]',
        "a[0]b",
        "a[1.5]",
        "$[?(@.x)]",
    ],
)
def test_bad(path):
    """A path that can't be read is an error that names it, where it stands, and how one is written."""
    with pytest.raises(ConfigError) as raised:
        bodypaths.compile(path, where="agentrec.toml [redact] paths")
    assert repr(path) in str(raised.value)
    assert "agentrec.toml [redact] paths" in str(raised.value)
    assert "names joined by dots" in str(raised.value)


def test_deep_document():
    """Depth costs no stack."""
    document = inner = {}
    for _ in range(50_000):
        inner["a"] = inner = {}
    inner["email"] = 1
    assert list(bodypaths.compile("**.email").find(document)) == [1]
    while document:  # taken apart by hand: the interpreter would recurse
        document = document.pop("a", None)
