"""YAML as cassettes have it, read without ever making a Python object.

Differs from YAML 1.1's safe loading where recorders need it:

* Unknown tags are passed over, the value below them stays: ``!!python/object/apply:…istr`` is its text.
* Only ``null``, ``true``, ``false`` and numbers in decimal are more than text. Recorders of YAML 1.2
  (cassetter 0.16) leave dates, ``12:30:45``, ``<<`` and ``=`` unquoted, those on PyYAML quote what YAML 1.1
  makes something of: what both mean is what is read here.
* Documents are measured before they are built: aliases that multiply ("billion laughs") and nesting that
  overflows the stack (libyaml's composer crashes at some 50,000) are refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from agentrec_auto.errors import ConfigError
from agentrec_auto.importers.record import UnreadableError

_DEEPEST = 200
_FREE = 1_000_000
_TIMES = 50
"""A document may be so many times as large with its aliases as without; up to `_FREE` nodes anyway."""


def documents(text: str, name: str) -> Iterator[Any]:
    """The documents of a YAML text; `UnreadableError` for what is none, `ConfigError` without PyYAML."""
    yaml = _yaml(name)
    try:
        _measure(yaml, text)
        yield from yaml.load_all(text, Loader=_loader())
    except yaml.YAMLError as error:
        raise UnreadableError(f"not YAML: {' '.join(str(error).split())}") from error
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise UnreadableError(f"not YAML that can be read: {error}") from error


def _yaml(name: str) -> Any:
    try:
        return import_module("yaml")
    except ImportError:
        raise ConfigError(
            "YAML, which PyYAML reads and which is not installed,",
            where=name,
            expected="pip install 'agentrec-auto[import]'",
        ) from None


def _measure(yaml: Any, text: str) -> None:
    """Refuse what is nested too deeply, or too large once its aliases stand for what they mean."""
    sizes: list[int] = [0]
    anchors: dict[str, int] = {}
    named: list[str | None] = []
    plain = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.AliasEvent):
            sizes[-1] += anchors.get(event.anchor, 1)
            if sizes[-1] > max(_FREE, plain * _TIMES):
                raise UnreadableError("its aliases stand for more than a million values: refused")
        elif isinstance(event, yaml.ScalarEvent):
            plain += 1
            sizes[-1] += 1
            if event.anchor:
                anchors[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            plain += 1
            sizes.append(1)
            named.append(event.anchor)
            if len(sizes) > _DEEPEST:
                raise UnreadableError(f"it is nested more than {_DEEPEST} deep: refused")
        elif isinstance(event, yaml.CollectionEndEvent):
            size, anchor = sizes.pop(), named.pop()
            sizes[-1] += size
            if anchor:
                anchors[anchor] = size


@cache
def _loader() -> Any:
    yaml = import_module("yaml")

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Safe, with fewer kinds of plain scalars, and not deterred by tags."""

        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    for tag, pattern, first in (
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
        (
            "float",
            r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
            list("-+.0123456789"),
        ),
    ):
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)
    Loader.add_multi_constructor(None, _under_a_tag)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/", _under_a_tag)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", Loader.construct_yaml_str)
    Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
    return Loader


def _under_a_tag(loader: Any, suffix: str, node: Any) -> Any:
    """The plain value under a tag: the text of an ``istr``, the items of a tuple."""
    yaml = import_module("yaml")
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return base64.b64decode(text) if suffix.startswith("bytes") else text
    if isinstance(node, yaml.SequenceNode):
        items = loader.construct_sequence(node, deep=True)
        return items[0] if suffix.startswith("object/") and len(items) == 1 else items
    return _pairs(loader, node)


def _mapping(loader: Any, node: Any) -> Iterator[dict[Any, Any]]:
    """A mapping, in two steps as PyYAML wants it: what refers to itself is there before its members are."""
    made: dict[Any, Any] = {}
    yield made
    made.update(_pairs(loader, node))


def _pairs(loader: Any, node: Any) -> dict[Any, Any]:
    """Members of a mapping. ``<<`` is a name like others: merging is what makes aliases multiply."""
    return {
        loader.construct_object(name, deep=True): loader.construct_object(value, deep=True)
        for name, value in node.value
    }
