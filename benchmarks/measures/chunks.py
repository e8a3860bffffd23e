"""What recording adds to each chunk of a stream."""

from benchmarks.measures.record import run_chunks as run

__all__ = ["run"]
