"""What the matrix is made of: which SDK, in which editions, and what its program does.

The table is `table.ENTRIES`; the cells of a program are read from its source, so that nothing of it has to
be installed to know them.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).parent
LOCKS = HERE / "locks"


@dataclass(frozen=True)
class Cell:
    """One thing that a program does."""

    name: str
    is_async: bool

    @property
    def is_stream(self) -> bool:
        return "stream" in self.name


@dataclass(frozen=True)
class Edition:
    """An environment: what is asked for, and what is then so."""

    name: str
    """``newest``, or the SDK's version."""

    requires: tuple[str, ...]
    """Requirements; what they came to is in the lock."""

    over: tuple[str, ...]
    """The HTTP libraries that carry its calls, as recordings name them."""

    without: tuple[str, ...] = ()
    """Cells that this edition hasn't yet, or hasn't any more."""

    misses: tuple[tuple[str, int], ...] = ()
    """How many calls, at most, a cell makes that misses, where it isn't one: a batch, or a framework's own loop."""


@dataclass(frozen=True)
class Entry:
    """An SDK or a framework."""

    name: str
    """As people install it, mostly; see `of`."""

    program: str
    """A file under ``programs/``."""

    editions: tuple[Edition, ...]
    of: str = ""
    """The package whose version counts, where it isn't `name`."""

    note: str = ""
    """What a reader of the table should know."""

    environment: tuple[tuple[str, str], ...] = ()
    """Variables that it is run with; ``{url}`` is the server's."""

    passes: tuple[str, ...] = ()
    """Hosts that it looks up for other ends than to ask a model."""

    heavy: bool = False
    """Takes more than a minute to install and run: not for the sample."""

    @property
    def path(self) -> Path:
        return (HERE / "programs" / self.program).resolve()

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """What ``CELLS`` of the program names."""
        source = ast.parse(self.path.read_text(encoding="utf-8"))
        defined = {
            node.name: isinstance(node, ast.AsyncFunctionDef)
            for node in source.body
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        named = next(
            node.value
            for node in source.body
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "CELLS"
        )
        assert isinstance(named, ast.Tuple)
        names = [name.id for name in named.elts if isinstance(name, ast.Name)]
        return tuple(Cell(name, defined[name]) for name in names)


@dataclass(frozen=True)
class Column:
    """An entry in one of its editions: an environment in which its cells are driven."""

    entry: Entry
    edition: Edition

    def __str__(self) -> str:
        return f"{self.entry.name}-{self.edition.name}"

    @property
    def lock(self) -> Path:
        return LOCKS / f"{self}.txt"

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.entry.cells if cell.name not in self.edition.without)

    def misses_of(self, cell: str) -> int:
        """How many calls, at most, a cell makes before it gives up."""
        return dict(self.edition.misses).get(cell, 1)

    @property
    def version(self) -> str:
        """The version of the SDK, by its lock."""
        return pinned(self.lock)[normal(self.entry.of or self.entry.name)]


def normal(name: str) -> str:
    """A package's name as the index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(lock: Path) -> dict[str, str]:
    """Name → version of a lock; of several for several Pythons, the newest Python's."""
    found = re.findall(
        r"^([\w.\-]+)(?:\[[^\]]*\])?==([^\s;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {normal(name): version for name, version in found}
