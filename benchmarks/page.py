"""``python -m benchmarks.page RUN.json``: writes a run's figures into docs/performance.md."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import ROOT, report
from benchmarks.bench import Goal, Measured
from benchmarks.figures import Figure, Spread

PAGE = os.path.join(ROOT, "docs", "performance.md")
BEGIN, END = "<!-- figures: written by benchmarks.page -->", "<!-- end of figures -->"


def main(words: Sequence[str] | None = None) -> int:
    """Put the figures between the page's marks."""
    (path,) = words or sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        run = json.load(file)
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write("\n".join([before + BEGIN, *lines(run), END + after]))
    return 0


def lines(run: dict[str, Any]) -> Iterator[str]:
    """Circumstances, goals, then each measure's table."""
    versions = ", ".join(f"{name} {number}" for name, number in run["versions"].items() if number)
    made = f"{run['date']}, commit {run['commit']}, Python {run['python']}"
    yield from ("", f"{made}; {run['machine']}, load {run['load']} when it began.", "", f"{versions}.", "")
    yield from (f"- `{name}`: {says}" for name, says in run["contenders"].items())
    yield ""
    measured = [measure(told) for told in run["measures"]]
    goals = [goal for one in measured for goal in one.goals]
    met = sum(goal.met is True for goal in goals)
    yield from (
        f"Of {len(goals)} goals {met} are met, {sum(goal.met is False for goal in goals)} are not.",
        "",
    )
    for one in measured:
        yield from report.table(one)


def measure(told: dict[str, Any]) -> Measured:
    """What ``dataclasses.asdict`` made ``told`` of."""
    figures = []
    for one in told["figures"]:
        ratio = Spread(**one["ratio"]) if one["ratio"] else None
        figures.append(Figure(**{**one, "ratio": ratio}))
    return Measured(**{**told, "figures": figures, "goals": [Goal(**one) for one in told["goals"]]})


if __name__ == "__main__":
    sys.exit(main())
