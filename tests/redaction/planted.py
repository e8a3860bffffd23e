"""Made-up secrets of every kind, put together here so that no scanner takes this file for a leak."""

import json
import string

from hypothesis import strategies as st

WORD = string.ascii_letters + string.digits
TOKEN = WORD + "-_"
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits


def _text(alphabet, least, most=None):
    return st.text(alphabet, min_size=least, max_size=most or least + 30)


def _after(prefix, rest):
    return rest.map(lambda text: prefix + text)


KINDS = {
    "ANTHROPIC-KEY": _after("sk" + "-ant-api03-", _text(TOKEN, 16)),
    "OPENROUTER-KEY": _after("sk" + "-or-v1-", _text(HEX, 64, 64)),
    "OPENAI-KEY": _after("sk" + "-", _text(WORD, 20)) | _after("sk" + "-proj-", _text(TOKEN, 40)),
    "GOOGLE-KEY": _after("AI" + "za", _text(TOKEN, 35, 35)),
    "GOOGLE-TOKEN": _after("ya" + "29.", _text(TOKEN, 40)),
    "GROQ-KEY": _after("gs" + "k_", _text(WORD, 52, 52)),
    "HUGGINGFACE-TOKEN": _after("h" + "f_", _text(WORD, 34, 34)),
    "REPLICATE-TOKEN": _after("r" + "8_", _text(WORD, 37, 37)),
    "PERPLEXITY-KEY": _after("pp" + "lx-", _text(WORD, 48, 48)),
    "XAI-KEY": _after("xa" + "i-", _text(WORD, 80, 80)),
    "NVIDIA-KEY": _after("nv" + "api-", _text(TOKEN, 64, 64)),
    "TOGETHER-KEY": _after("tg" + "p_v1_", _text(TOKEN, 43, 43)),
    "FIREWORKS-KEY": _after("f" + "w_", _text(WORD, 24, 24)),
    "CEREBRAS-KEY": _after("cs" + "k-", _text(WORD, 48, 48)),
    "GITHUB-TOKEN": st.sampled_from("pousr").flatmap(
        lambda kind: _after(f"gh{kind}" + "_", _text(WORD, 36, 36))
    )
    | _after("github" + "_pat_", _text(WORD + "_", 82, 82)),
    "GITLAB-TOKEN": _after("gl" + "pat-", _text(TOKEN, 20, 20)),
    "SLACK-TOKEN": _after("xo" + "xb-", _text(string.digits, 12, 12).map(lambda digits: f"{digits}-abcDEF")),
    "STRIPE-KEY": _after("sk" + "_live_", _text(WORD, 24)) | _after("rk" + "_live_", _text(WORD, 24)),
    "SENDGRID-KEY": st.tuples(_text(TOKEN, 22, 22), _text(TOKEN, 43, 43)).map(
        lambda two: "S" + "G." + ".".join(two)
    ),
    "NPM-TOKEN": _after("np" + "m_", _text(WORD, 36, 36)),
    "PYPI-TOKEN": _after("py" + "pi-AgEIcHlwaS5vcmc", _text(TOKEN, 60)),
    "AWS-KEY": _after("AK" + "IA", _text(UPPER, 16, 16)) | _after("AS" + "IA", _text(UPPER, 16, 16)),
    "JWT": st.tuples(_text(TOKEN, 20), _text(TOKEN, 30), _text(TOKEN, 43)).map(
        lambda p: "ey" + "J{}.eyJ{}.{}".format(*p)
    ),
    "TELEGRAM-TOKEN": st.tuples(_text("123456789", 9, 10), _text(TOKEN, 33, 33)).map(
        lambda two: two[0] + ":A" + "A" + two[1]
    ),
    "DATABRICKS-TOKEN": _after("da" + "pi", _text(HEX, 32, 32)),
    "BEDROCK-KEY": _after("AB" + "SK", _text(WORD, 110, 120))
    | _after("bedrock-api" + "-key-", _text(WORD, 60)),
    "VAULT-TOKEN": _after("hv" + "b.", _text(TOKEN, 90)) | _after("hv" + "s.", _text(TOKEN, 90)),
    "PINECONE-KEY": _after("pc" + "sk_", _text(WORD + "_", 60)),
    "NOTION-TOKEN": _after("nt" + "n_", _text(WORD, 46, 46)),
    "LINEAR-KEY": _after("lin" + "_api_", _text(WORD, 40, 40)),
    "DOCKER-TOKEN": _after("dckr" + "_pat_", _text(TOKEN, 27, 27)),
    "FIGMA-TOKEN": _after("fi" + "gd_", _text(TOKEN, 40, 40)),
    "SHOPIFY-TOKEN": st.sampled_from(("at", "ca", "pa", "ss")).flatmap(
        lambda kind: _after(f"sh{'p'}{kind}_", _text(HEX, 32, 32))
    ),
    "ATLASSIAN-TOKEN": _after("ATA" + "TT3", _text(TOKEN, 180, 190)),
    "SUPABASE-KEY": _after("sb" + "p_", _text(HEX, 40, 40)) | _after("sb" + "_secret_", _text(TOKEN, 31, 31)),
    "GRAFANA-TOKEN": st.tuples(_text(WORD, 32, 32), _text(HEX, 8, 8)).map(
        lambda two: "gl" + "sa_" + "_".join(two)
    ),
    "SENTRY-TOKEN": _after("sntr" + "ys_", _text(WORD, 90)),
    "ELEVENLABS-KEY": _after("s" + "k_", _text(HEX, 48, 48)),
    "VOYAGE-KEY": _after("p" + "a-", _text(TOKEN, 41, 41).map(lambda text: "7" + text + "Q")),
    "FIRECRAWL-KEY": _after("f" + "c-", _text(HEX, 32, 32)),
    "E2B-KEY": _after("e2" + "b_", _text(HEX, 40, 40)),
    "MAILGUN-KEY": _after("ke" + "y-", _text(HEX, 32, 32)),
    "BREVO-KEY": st.tuples(_text(HEX, 64, 64), _text(WORD, 16, 16)).map(
        lambda two: "xkey" + "sib-" + "-".join(two)
    ),
    "DOPPLER-TOKEN": _after("dp" + ".pt.", _text(WORD, 43, 43))
    | _after("dp" + ".st.dev.", _text(WORD, 43, 43)),
    "NETLIFY-TOKEN": _after("nf" + "p_", _text(WORD, 36, 36)),
    "POSTMAN-KEY": st.tuples(_text(HEX, 24, 24), _text(HEX, 34, 34)).map(
        lambda two: "PM" + "AK-" + "-".join(two)
    ),
    "NEWRELIC-KEY": _after("NR" + "AK-", _text(UPPER, 27, 27)),
    "PLANETSCALE-TOKEN": _after("psc" + "ale_tkn_", _text(TOKEN, 43, 43)),
    "RUBYGEMS-KEY": _after("ruby" + "gems_", _text(HEX, 48, 48)),
    "HEROKU-KEY": _after("HR" + "KU-AA", _text(TOKEN, 58, 58)),
    "HUBSPOT-TOKEN": st.uuids(version=4).map(lambda one: f"pat-{'na'}1-{one}"),
    "AGE-KEY": _after("AGE-SECRET" + "-KEY-1", _text(UPPER, 58, 58)),
    "AZURE-SECRET": st.tuples(_text(WORD, 3, 3), _text(TOKEN + ".", 34, 34)).map("8Q~".join),
}
"""By the name in the placeholder."""

_LONG = "0aB1cD2eF3" * 9
EXAMPLES = {
    "ANTHROPIC-KEY": "sk" + "-ant-api03-" + _LONG,
    "OPENAI-KEY": "sk" + "-proj-" + _LONG,
    "GOOGLE-KEY": "AI" + "za" + _LONG[:35],
    "GITHUB-TOKEN": "gh" + "p_" + _LONG[:36],
    "SLACK-TOKEN": "xo" + "xb-123456789012-" + _LONG[:24],
    "SENDGRID-KEY": "S" + "G." + _LONG[:22] + "." + _LONG[:43],
    "AWS-KEY": "AK" + "IA" + _LONG[:16].upper(),
    "JWT": "ey" + "J" + _LONG[:20] + ".eyJ" + _LONG[:30] + "." + _LONG[:43],
    "TELEGRAM-TOKEN": "123456789" + ":A" + "A" + _LONG[:33],
    "DATABRICKS-TOKEN": "da" + "pi" + "0a1b2c3d" * 4,
    "PRIVATE-KEY": "-----BEGIN PRIVATE " + "KEY-----\n" + _LONG[:64] + "\n-----END PRIVATE " + "KEY-----",
}
"""One of each."""

ODD_KINDS = {
    "PRIVATE-KEY": _text(WORD + "+/", 200, 400).map(
        lambda text: (
            "-----BEGIN RSA PRIVATE "
            + "KEY-----\n{}\n-----END RSA PRIVATE ".format(
                "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
            )
            + "KEY-----"
        )
    ),
}
"""More than one word, or with characters that JSON and URLs escape."""

secrets = st.one_of(*KINDS.values())

prose = st.lists(
    st.characters(codec="utf-8")
    | st.sampled_from(
        [*' \n\t"\\/{}[]:,é漢😀-_.', "the ", "fox", "\\n", "\\u0073", "null", "%41", "a=b&c", "data: "]
    ),
    max_size=30,
).map("".join)
"""Anything, with an eye on what JSON escapes. From pieces: as a text, Hypothesis would try what stands in
the tests, and that is full of secrets."""

names = st.text('abc "\\é漢😀\n{}:,', max_size=6)
"""Names of fields, none of them a secret's."""

before = st.sampled_from(
    ["", "\n", "\t", " ", '"', "\\", "/", "é", "漢", "😀", "key: ", "a\r\n", "(", "=", "'", "\x08"]
)
after = st.sampled_from(["", "\n", " ", '"', "\\", "é", "漢", "😀", ".", ", and", ")", "'", "\x08"])


def everything_escaped(text):
    r"""A JSON string in which every character is written as \uxxxx."""
    units = text.encode("utf-16-be", "surrogatepass")
    return '"' + "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)) + '"'


spellings = st.sampled_from(
    [
        json.dumps,
        lambda value: json.dumps(value, ensure_ascii=False),
        lambda value: json.dumps(value, indent=2),
        lambda value: json.dumps(value, separators=(",", ":")).replace("/", "\\/"),
    ]
)
"""Ways to write JSON."""
