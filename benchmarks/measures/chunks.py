"""What recording adds to each chunk of a stream."""

from benchmarks.measures.record import run_chunks as run
from benchmarks.recording import working

__all__ = ["run", "working"]
