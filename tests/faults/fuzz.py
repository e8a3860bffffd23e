"""Coverage-guided fuzzing of one target: ``python tests/faults/fuzz.py TARGET -max_total_time=60``. Needs atheris."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import mkdtemp

import atheris

with atheris.instrument_imports(include=["agentrec_auto"]):
    from faults.targets import TARGETS

target, seeds = TARGETS[sys.argv.pop(1)]
folder = Path(mkdtemp())
for number, seed in enumerate(seeds):
    (folder / str(number)).write_bytes(seed)
atheris.Setup([*sys.argv, str(folder), "-max_len=4096", "-timeout=20"], target)
atheris.Fuzz()
