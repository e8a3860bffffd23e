"""Secrets that are known: values of environment variables, and the credential a request was sent with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agentrec_auto.redaction.edits import Edit

LEAST_NAMED = 6
"""A shorter value of a variable that the user named is no secret but a word: ``dev``, ``1``."""

LEAST_FOUND = 16
"""The same for what we came upon ourselves; Ollama's users set OPENAI_API_KEY=ollama."""

_PROBE = 8
"""How long a probe is: ``in`` skips that many characters where it meets one that isn't in the probe."""

_KEY_VARIABLE = re.compile(
    r"\w+_(?:API_?(?:KEY|TOKEN)|AUTH_TOKEN|ACCESS_TOKEN|SECRET_ACCESS_KEY|SESSION_TOKEN|BEARER_TOKEN_BEDROCK)"
    r"|(?:HF|HUGGING_FACE_HUB|HUGGINGFACE|GITHUB|GH|GITLAB|DATABRICKS|REPLICATE)_TOKEN|API_KEY"
)
_UNESCAPED = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Value:
    """A secret known by heart and what stands for it."""

    value: str
    placeholder: str
    core: str
    """The longest part of it that no encoding changes: it is in every text that holds the secret, unless
    letters are hidden there (`hides_letters`). May be empty."""

    probe: str
    """The part of the core that is looked for fastest: short, and of letters that are rare in prose."""

    def is_near(self, text: str) -> bool:
        """False only if ``text``, in which no letter is hidden, can't hold the secret."""
        return self.probe in text and self.core in text

    def edits(self, text: str) -> Iterator[Edit]:
        """Wherever it is."""
        start = text.find(self.value)
        while start >= 0:
            end = start + len(self.value)
            yield Edit(start, end, self.placeholder)
            start = text.find(self.value, end)


def known(values: Iterable[tuple[str, str]]) -> tuple[Value, ...]:
    """(secret, placeholder) pairs, made ready; longer ones first, for one may be a part of another."""
    ordered = sorted(dict(values).items(), key=lambda pair: -len(pair[0]))
    return tuple(_ready(value, placeholder) for value, placeholder in ordered)


def _ready(value: str, placeholder: str) -> Value:
    core = max(_UNESCAPED.findall(value), key=len, default="")
    parts = [core[at : at + _PROBE] for at in range(max(1, len(core) - _PROBE + 1))]
    return Value(value, placeholder, core, min(parts, key=lambda part: sum(map(str.islower, part))))


def named(environ: Mapping[str, str], names: Iterable[str]) -> tuple[Value, ...]:
    """The values of the variables that the user named, as ``<NAME>``."""
    return known(
        (value, f"<{name}>") for name in names if len(value := environ.get(name, "").strip()) >= LEAST_NAMED
    )


def found(environ: Mapping[str, str]) -> tuple[Value, ...]:
    """The values of variables that are named like an API key's, where they look like one."""
    return known(
        (value.strip(), f"<{name}>")
        for name, value in environ.items()
        if _KEY_VARIABLE.fullmatch(name) and is_credential(value.strip())
    )


def is_credential(value: str) -> bool:
    """Whether a value looks like one: one long word, of letters and digits or of letters of both cases."""
    if len(value) < LEAST_FOUND or any(map(str.isspace, value)) or not any(map(str.isalpha, value)):
        return False
    mixes_cases = any(map(str.islower, value)) and any(map(str.isupper, value[1:]))
    return mixes_cases or any(map(str.isdigit, value))
