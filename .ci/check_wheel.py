"""Looks into the wheel and the source distribution of a folder: ``python .ci/check_wheel.py dist``."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

NEEDED = (
    "agentrec_auto/py.typed",
    "agentrec_auto/bootstrap/inject/sitecustomize.py",
    "agentrec_auto/config/starter.toml",
    "agentrec_auto/report/page/main.js",
    "agentrec_auto/report/page/page.css",
    "agentrec_auto/report/report.schema.json",
    ".dist-info/licenses/LICENSE",
    ".dist-info/entry_points.txt",
)
"""Ends of names that must be in the wheel."""

NEEDED_SOURCES = ("README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "tests/conftest.py")


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the distributions in ``folder``."""
    (wheel,) = folder.glob("*.whl")
    (source,) = folder.glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    yield from (
        f"{wheel.name} has no {end}" for end in NEEDED if not any(name.endswith(end) for name in names)
    )
    for name in names:
        if name.endswith((".pth", ".start")):
            yield f"{wheel.name} has {name}: start-up files are written by `agentrec hook install` only"
        if not name.startswith(("agentrec_auto/", "agentrec_auto-")):
            yield f"{wheel.name} puts {name} beside the package"
    with tarfile.open(source) as archive:
        sources = archive.getnames()
    yield from (
        f"{source.name} has no {end}"
        for end in NEEDED_SOURCES
        if not any(name.endswith(end) for name in sources)
    )


if __name__ == "__main__":
    told = list(faults(Path(sys.argv[1])))
    print("\n".join(told) or "the wheel and the source distribution have what they should")
    sys.exit(bool(told))
