"""Secrets known by their form: a table of what providers put in front of the keys they hand out.

Only anchored forms, never entropy and never "something behind the word password": redaction changes
people's recordings, and prose must come through untouched. Generic rules are for ``agentrec scan``.

Nearly every body holds no secret at all, so each pattern stands behind a gate, a test that costs little
and misses nothing: literals, one of which is in every text that holds the secret. All of them are looked for
at once (`agentrec_auto.redaction.signs`).

Gates are asked of raw text, in which JSON may have escaped things. Letters, digits and ``-_.`` are safe from
that, but for ``\\u00xx`` (`hides_letters`: then every shape is near). What stands *before* a key is not: in
the JSON text ``\\nsk-…`` the key follows a letter n, where rules that ask for a word boundary find nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_BEGINNINGS = (
    r"(?<![A-Za-z0-9]{0})",
    r"(?<=\\[bfnrt]{0})",  # the end of an escape in JSON
    r"(?<=\\u[0-9A-Fa-f]{{4}}{0})",
    r"(?<=%[0-9A-Fa-f]{{2}}{0})",  # and in a URL or a form
)


def _begins(prefix: str) -> str:
    """A test that the ``prefix`` just matched (a pattern of fixed width) isn't the middle of a word.

    It looks back from behind the prefix instead of standing before it: a pattern that begins with a literal
    is searched for much faster.
    """
    return "(?:" + "|".join(beginning.format(prefix) for beginning in _BEGINNINGS) + ")"


@dataclass(frozen=True, slots=True)
class Shape:
    """One form of secret."""

    placeholder: str
    source: str
    """A pattern of what is replaced: its first group if it has one, else the whole match."""

    gate: tuple[str, ...]
    """One of these is in every text that holds the secret, escaped or not."""

    hint: str = ""
    """A pattern found in every such text; asked behind the gate. Empty: the gate must do."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled on first use: all of them take 8 ms, and most processes meet none."""
        return _compiled(self.source)

    def is_hinted_at(self, text: str) -> bool:
        """False only if ``text``, which one of the gate is in and no letter is hidden in, can't hold the
        secret."""
        return not self.hint or _compiled(self.hint).search(text) is not None


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.ASCII)


def hides_letters(text: str) -> bool:
    r"""Whether JSON escapes hide ASCII in a text (``\u0073k-…``).

    ``\u003c``, ``\u003e`` and ``\u0026`` don't count: Go and PHP write ``<``, ``>`` and ``&`` so.
    """
    return "\\u00" in text and _HIDDEN.search(text) is not None


HIDING = tuple(f"\\u00{digit}" for digit in range(2, 8))
"""One of these is in every text in which letters are hidden."""

_HIDDEN = re.compile(r"\\u00(?!26|3[cCeE])[2-7]")

_LETTERS = "abcdefghijklmnopqrstuvwxyz"  # `string` takes a millisecond to import
_PREFIXED: tuple[tuple[str, str, str] | tuple[str, str, str, tuple[str, ...]], ...] = (
    ("ANTHROPIC-KEY", "sk-ant-", r"[\w-]{16,}"),
    ("OPENROUTER-KEY", "sk-or-v1-", r"[\w-]{16,}"),
    ("LANGFUSE-KEY", "sk-lf-", r"[\w-]{16,}"),
    ("OPENAI-KEY", "sk-", r"[\w-]{16,}"),  # also DeepSeek's, Moonshot's, LiteLLM's …
    ("OPENAI-KEY", "ek_", r"[0-9a-f]{24,}"),  # ephemeral keys of the Realtime API
    ("GOOGLE-TOKEN", r"ya29\.", r"[\w-]{20,}"),
    ("GOOGLE-SECRET", "GOCSPX-", r"[\w-]{20,}"),
    ("GROQ-KEY", "gsk_", r"[A-Za-z0-9]{20,}"),
    ("HUGGINGFACE-TOKEN", "hf_", r"[A-Za-z0-9]{20,}"),
    ("REPLICATE-TOKEN", "r8_", r"[A-Za-z0-9]{20,}"),
    ("PERPLEXITY-KEY", "pplx-", r"[A-Za-z0-9]{20,}"),
    ("XAI-KEY", "xai-", r"[\w-]{20,}"),
    ("NVIDIA-KEY", "nvapi-", r"[\w-]{20,}"),
    ("TOGETHER-KEY", "tgp_v1_", r"[\w-]{20,}"),
    ("FIREWORKS-KEY", "fw_", r"[A-Za-z0-9]{20,}"),
    ("CEREBRAS-KEY", "csk-", r"[A-Za-z0-9]{20,}"),
    ("TAVILY-KEY", "tvly-", r"[\w-]{16,}"),
    ("JINA-KEY", "jina_", r"[\w-]{24,}"),
    ("LANGSMITH-KEY", "lsv2_(?:pt|sk)_", r"[\w-]{20,}", ("lsv2_",)),
    ("GITHUB-TOKEN", "gh[pousr]_", r"[A-Za-z0-9]{20,}", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    ("GITHUB-TOKEN", "github_pat_", r"\w{20,}"),
    ("GITLAB-TOKEN", "glpat-", r"[\w-]{20,}"),
    ("SLACK-TOKEN", "xox[a-z]-", r"[\w-]{10,}", tuple(f"xox{letter}-" for letter in _LETTERS)),
    ("SLACK-TOKEN", "xapp-", r"[\w-]{20,}"),
    ("STRIPE-KEY", "[sr]k_(?:live|test)_", r"[A-Za-z0-9]{10,}", ("k_live_", "k_test_")),
    ("STRIPE-SECRET", "whsec_", r"\w{20,}"),
    ("SENDGRID-KEY", r"SG\.", r"[\w-]{16,}\.[\w-]{16,}"),
    ("SQUARE-TOKEN", "sq0[a-z]{3}-", r"[\w-]{20,}", ("sq0",)),
    ("NPM-TOKEN", "npm_", r"[A-Za-z0-9]{20,}"),
    ("PYPI-TOKEN", "pypi-", r"AgE[\w-]{20,}"),
    ("DIGITALOCEAN-TOKEN", "do[opr]_v1_", r"[0-9a-f]{20,}", ("doo_v1_", "dop_v1_", "dor_v1_")),
    ("VAULT-TOKEN", r"hv[brs]\.", r"[\w-]{20,}", ("hvb.", "hvr.", "hvs.")),
    ("PINECONE-KEY", "pcsk_", r"\w{20,}"),
    ("NOTION-TOKEN", "ntn_", r"[A-Za-z0-9]{40,}"),
    ("LINEAR-KEY", "lin_api_", r"[A-Za-z0-9]{32,}"),
    ("DOCKER-TOKEN", "dckr_pat_", r"[\w-]{20,}"),
    ("FIGMA-TOKEN", "figd_", r"[\w-]{32,}"),
    ("SHOPIFY-TOKEN", "shp(?:at|ca|pa|ss)_", r"[0-9a-fA-F]{32}", ("shpat_", "shpca_", "shppa_", "shpss_")),
    ("ATLASSIAN-TOKEN", "ATATT3", r"[\w=-]{40,}"),
    ("SUPABASE-KEY", "sbp_", r"[0-9a-f]{32,}"),
    ("SUPABASE-KEY", "sb_secret_", r"[\w-]{20,}"),
    ("GRAFANA-TOKEN", "glsa_", r"[A-Za-z0-9]{32}_[0-9a-fA-F]{8}"),
    ("SENTRY-TOKEN", "sntrys_", r"[\w+/=-]{40,}"),
    ("ELEVENLABS-KEY", "sk_", r"[0-9a-f]{48}"),
    ("VOYAGE-KEY", "pa-", r"(?=[\w-]{0,42}\d)(?=[\w-]{0,42}[A-Z])[\w-]{43}"),
    ("FIRECRAWL-KEY", "fc-", r"[0-9a-f]{32}"),
    ("E2B-KEY", "e2b_", r"[0-9a-f]{40}"),
    ("MAILGUN-KEY", "key-", r"[0-9a-f]{32}(?![0-9a-f])"),
    ("BREVO-KEY", "xkeysib-", r"[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    ("DOPPLER-TOKEN", r"dp\.(?:st|pt|ct|sa)\.", r"(?:[\w-]{1,35}\.)?[A-Za-z0-9]{40,}", ("dp.",)),
    ("NETLIFY-TOKEN", "nfp_", r"[A-Za-z0-9]{36,}"),
    ("POSTMAN-KEY", "PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}"),
    ("NEWRELIC-KEY", "NRAK-", r"[A-Z0-9]{27}"),
    ("PLANETSCALE-TOKEN", "pscale_", r"(?:tkn|pw|oauth)_[\w.=-]{32,}"),
    ("RUBYGEMS-KEY", "rubygems_", r"[0-9a-f]{48}"),
    ("HEROKU-KEY", "HRKU-AA", r"[\w-]{58}"),
    ("HUBSPOT-TOKEN", r"pat-[a-z]{2}\d-", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", ("pat-",)),
    ("AGE-KEY", "AGE-SECRET-KEY-1", r"[0-9A-Z]{58}"),
)
"""Name, prefix, and the rest; the gate, where the prefix is no literal. The more special prefix first: where
two shapes match, the first names it."""


def _prefixed(name: str, prefix: str, rest: str, gate: tuple[str, ...] = ()) -> Shape:
    pattern = prefix + _begins(prefix) + rest
    return Shape(f"[REDACTED-{name}]", pattern, gate or (prefix.replace("\\", ""),), pattern)


_KEYS = tuple(_prefixed(*row) for row in _PREFIXED)


def _other(name: str, gate: tuple[str, ...], pattern: str, hint: str = "") -> Shape:
    return Shape(f"[REDACTED-{name}]" if name else "[REDACTED]", pattern, gate, hint)


def _plain(name: str, gate: tuple[str, ...], pattern: str) -> Shape:
    """A shape of characters that JSON doesn't escape: it is its own hint."""
    return _other(name, gate, pattern, pattern)


_NAMED = (
    r"[?&](?:[\w.-]{0,40}(?i:api[_-]?(?:key|token)|(?:access|auth)[_-]?token|client[_-]?secret)|(?i:token))="
)
"""Before a secret in the query of a URL, wherever that stands: an MCP server's, in a list of tools."""

_PEM_EDGE = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_OTHERS = (
    _plain("GOOGLE-KEY", ("AIza",), "AIza" + _begins("AIza") + r"[\w-]{20,}"),
    _plain("AWS-KEY", ("AKIA", "ASIA"), "A[KS]IA" + _begins("A[KS]IA") + "[A-Z0-9]{16}"),
    # An API key of Bedrock; a short-lived one is bedrock-api-key- and a signed request.
    _other(
        "BEDROCK-KEY",
        ("ABSK",),
        "ABSK" + _begins("ABSK") + r"(?:[A-Za-z0-9+]|\\?/){60,}={0,2}",
        "ABSK[A-Za-z0-9+]",
    ),
    _plain(
        "BEDROCK-KEY",
        ("bedrock-api-key-",),
        "bedrock-api-key-" + _begins("bedrock-api-key-") + r"[A-Za-z0-9+/=_-]{40,}",
    ),
    # A client's secret of Microsoft Entra: three characters, a version, Q~
    _plain("AZURE-SECRET", ("Q~",), r"[\w.~]{3}\dQ~[\w.~-]{31,34}"),
    # A header is an object and so is a payload: both begin with {" (RFC 7519), which is eyJ in base64.
    _plain("JWT", (".eyJ",), "eyJ" + _begins("eyJ") + r"[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"),
    _plain(
        "TELEGRAM-TOKEN",
        (":AA",),
        # Not from the digits of %20 on
        r"(?:(?<![\d%])(?<!%[0-9A-Fa-f])|(?<=%[0-9A-Fa-f]{2}))\d{8,12}:AA[\w-]{30,}",
    ),
    _plain("DATABRICKS-TOKEN", ("dapi",), "dapi" + _begins("dapi") + "[0-9a-f]{32}"),
    _other(
        "PRIVATE-KEY",
        ("PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"),
        # With its end, or cut off behind some lines of base64
        rf"-----BEGIN {_PEM_EDGE}(?:(?:(?!-----)[\s\S])*-----END {_PEM_EDGE}"
        r"|(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{16,})+"
        r"(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{1,15}\Z)?)",
    ),
    _other(
        "SLACK-WEBHOOK",
        ("hooks.slack.com",),
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([\w/-]{16,})",
    ),
    _other("DISCORD-WEBHOOK", ("discord",), r"discord(?:app)?\.com/api/webhooks/(\d+/[\w-]{20,})"),
    _other("AZURE-KEY", ("ccountKey=", "ccessKey="), r"A(?:ccount|ccess)Key=([A-Za-z0-9+/=]{40,})"),
    _other("AZURE-SIGNATURE", ("sig=",), r"[?&]sig=([A-Za-z0-9%+/=]{20,})"),
    _other(
        "",
        ("X-Amz-", "X-Goog-"),
        r"X-(?:Amz|Goog)-(?:Signature|Security-Token|Credential)=([^\s&#\"'<>\\\[\]]+)",
    ),
    _other(
        "",
        ("key=", "Key=", "KEY=", "token=", "Token=", "TOKEN=", "secret=", "Secret=", "SECRET="),
        # What looks like a credential, and not like a word that stands for one
        _NAMED + r"((?=[^\s&#\"'\d]{0,64}\d)[\w.~%+/=-]{16,})",
        _NAMED,
    ),
    _other(
        "AWS-SECRET",
        ("ecret_access_key", "ECRET_ACCESS_KEY", "ecretAccessKey", "ecret_Access_Key"),
        r"[Ss](?i:ecret_?access_?key)[\"']?\s{0,9}[=:]\s{0,9}[\"']?([A-Za-z0-9/+=]{30,})",
    ),
    # scheme://user:password@host. Without brackets, which urlsplit takes for an IPv6 address.
    Shape(
        "REDACTED",
        r"://([^\s/?#@:\"'<>{}()\[\]\\$,;]{0,100}:[^\s/?#@\"'<>{}\[\]\\$]{1,200})@(?=[\w\[])",
        ("@",),
        r":(?:\\{0,16}/){2}[^\s/@\"]{1,310}@",
    ),
    _other(
        "",
        ("earer ", "EARER "),
        # What looks like a credential and not like the next word of a sentence
        "[Bb][Ee][Aa][Rr][Ee][Rr]" + _begins("[Bb][Ee][Aa][Rr][Ee][Rr]") + " {1,4}"
        r"((?=[^\s\d\"']{0,64}\d)[\w.~+/=-]{8,}|[\w.~+/=-]{16,})",
        r"[Bb][Ee][Aa][Rr][Ee][Rr] {1,4}[\w.~+/=\\-]{8}",
    ),
)

SHAPES = _KEYS + _OTHERS
"""In order of rank: where two match, the first names what was there."""
