"""The formats: a table of strings, each imported when first needed."""

from __future__ import annotations

from importlib import import_module

from agentrec_auto.errors import ConfigError
from agentrec_auto.exporters.format import Format

FORMATS = {
    "jsonl": "jsonl:JSONLines",
    "har": "har:HAR",
    "vcr": "vcr:VCR",
    "openai-finetune": "openai_finetune:OpenAIFineTune",
    "openai-evals": "openai_evals:OpenAIEvals",
}
"""As in ``--format`` → ``module:class`` in this package."""


def named(name: str) -> Format:
    """The format of that name; `ConfigError` for none."""
    if name not in FORMATS:
        raise ConfigError(f"unknown format {name!r}", where="--format", expected=", ".join(FORMATS))
    module, _, kind = FORMATS[name].partition(":")
    made: Format = getattr(import_module(f"agentrec_auto.exporters.{module}"), kind)()
    return made
