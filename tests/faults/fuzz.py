"""Coverage-guided fuzzing of one target: ``python tests/faults/fuzz.py TARGET -max_total_time=60``. Needs atheris."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["agentrec_auto"]):
    from faults.targets import TARGETS

target, seeds = TARGETS[sys.argv.pop(1)]
atheris.Setup([*sys.argv, "-max_len=4096", "-timeout=20"], target)
atheris.Fuzz()
