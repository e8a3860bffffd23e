"""What is measured, in the order of the report: a module each, with ``run(bench)``."""

MEASURES = (
    "replay",
    "cold",
    "stream",
    "record",
    "chunks",
    "delay",
    "peak",
    "lookup",
    "crowd",
    "sdks",
    "body",
    "startup",
    "scoring",
)
