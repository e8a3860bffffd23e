"""A recorded request as a curl command, its credentials left to variables of the shell."""

from __future__ import annotations

import re
import shlex
from urllib.parse import urlsplit

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.providers.hosts import KEY_VARIABLES, provider_of
from agentrec_auto.providers.shapes import dialect_of

_LEFT_OUT = frozenset(
    "host content-length connection accept accept-encoding user-agent transfer-encoding traceparent".split()  # noqa: SIM905
)
_REDACTED = re.compile(r"\[REDACTED[A-Z0-9-]*\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_VARIABLES = {"x-goog-api-key": "GEMINI_API_KEY", "api-key": "AZURE_OPENAI_API_KEY"}
_PROVIDERS = {"gemini": "GEMINI_API_KEY", "cohere": "CO_API_KEY", "huggingface": "HF_TOKEN"}


def curl(interaction: CapturedInteraction) -> str:
    """The command, a line an option."""
    request = interaction.request
    variable = _variable(request.url)
    words = [f"curl -X {quoted(request.method.upper())} {_with_variables(request.url, variable)}"]
    for raw_name, raw_value in request.headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name.lower() in _LEFT_OUT or name.lower().startswith(("x-stainless-", ":")):
            continue
        words.append(f"-H {_header(name, value, variable)}")
    if request.content:
        words.append(_body(request.content))
    return " \\\n  ".join(words)


def quoted(text: str) -> str:
    """A text as a word of a shell; control characters are spelled out, for they could command a terminal."""
    if _CONTROL.search(text) is None:
        return shlex.quote(text)
    spelled = text.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + _CONTROL.sub(lambda found: _escaped(found[0]), spelled) + "'"


def _escaped(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if ord(sign) < 0x80 else f"\\u{ord(sign):04x}"


def _header(name: str, value: str, variable: str) -> str:
    if _REDACTED.search(value) is None:
        return quoted(f"{name}: {value}")
    known = _VARIABLES.get(name.lower())
    if name.lower() == "authorization":
        return f'"{name}: Bearer ${variable}"'
    if known is None and name.lower() == "x-api-key":
        known = variable
    return f'"{_plain(name)}: ${known or _plain(name).upper().replace("-", "_")}"'


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "", name)


def _with_variables(url: str, variable: str) -> str:
    """The URL, quoted; what was redacted in it is the variable."""
    pieces = _REDACTED.split(url)
    return f'"${variable}"'.join(quoted(piece) if piece else "" for piece in pieces)


def _body(content: bytes) -> str:
    try:
        return f"--data-raw {quoted(content.decode('utf-8'))}"
    except UnicodeDecodeError:
        return f"--data-binary @body.bin  # {len(content):,} bytes that are no text"


def _variable(url: str) -> str:
    """The variable in which a provider's key usually is."""
    parts = urlsplit(url)
    provider = provider_of(parts.hostname or "") or dialect_of(parts.path) or ""
    guess = _PROVIDERS.get(provider, f"{provider.upper()}_API_KEY")
    return guess if guess in KEY_VARIABLES else "API_KEY"
