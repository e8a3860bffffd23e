"""Replay needs no secrets: API keys that SDKs insist on, made up where they are missing."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

SET = "AGENTREC_KEYS_SET"
"""The variables made up, for the processes below."""

DEFAULT = (
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "GOOGLE_API_KEY",
    "MISTRAL_API_KEY",
    "GROQ_API_KEY",
    "CO_API_KEY",
    "TOGETHER_API_KEY",
    "FIREWORKS_API_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_DISABLED",
)
"""What is set for a corpus that doesn't say which variables the app had."""

DUMMY = "agentrec-dummy"
REAL_AWS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_CONTAINER_", "AWS_WEB_IDENTITY_", "AWS_SHARED_")
"""Signs of credentials that dummies would hide, from the app's S3 client, too."""

_DATABASE = "sqlite:///"

OF_A_KIND = {"REGION": "us-east-1", "DISABLED": "true", "ENDPOINT": "https://replay.invalid"}
"""Last word of a variable's name → its value, where not any text will do."""


def set_dummy_keys(environ: MutableMapping[str, str]) -> None:
    """Set the key variables that are unset or empty; leave every other as it is.

    They are those the app had when it was recorded (``.agentrec-keys`` in the corpus), for apps pick a
    provider by which key is there.
    """
    drop_dummy_keys(environ)
    corpus, wanted = _said(environ)
    names = (_recorded(corpus, environ) or _default(environ)) if wanted else []
    made_up = [name for name in names if not environ.get(name)]  # empty: a secret that CI keeps from a fork
    for name in made_up:
        environ[name] = _dummy(name)
    environ[SET] = " ".join(made_up)


def drop_dummy_keys(environ: MutableMapping[str, str]) -> None:
    """Take back what was made up: for a run inside a replay that isn't one."""
    for name in environ.pop(SET, "").split():
        if environ.get(name) == _dummy(name):
            del environ[name]


def _dummy(name: str) -> str:
    return OF_A_KIND.get(name.rpartition("_")[2], DUMMY)


def _said(environ: Mapping[str, str]) -> tuple[str, bool]:
    """The corpus, and whether dummies are wanted.

    Whoever begins a run has said so in the environment. A process that a start-up file has begun looks into
    the config file itself: at these two keys only, and without checking it.
    """
    switch = environ.get("AGENTREC_DUMMY_KEYS", "").strip().lower()
    corpus, wanted = environ.get("AGENTREC_CORPUS", ""), switch not in ("0", "false", "no", "off")
    if corpus:
        return corpus, wanted
    from agentrec_auto.config import find
    from agentrec_auto.store.location import placed

    here = environ.get("AGENTREC_CWD", os.curdir)
    try:
        if not (file := environ.get("AGENTREC_CONFIG") or find.found(here)):
            return os.path.join(here, "corpus"), wanted
        from agentrec_auto.config import toml

        tables = toml.parse(toml.read(file), file)
        ours = toml.table(tables, "agentrec") or toml.table(toml.table(tables, "tool"), "agentrec")
        corpus = placed(str(ours.get("corpus", "corpus")), os.path.dirname(os.path.abspath(file)))
    except (ValueError, ImportError):  # for the recorder to complain of
        return os.path.join(here, "corpus"), wanted
    return corpus, wanted and (bool(switch) or ours.get("dummy_keys") is not False)


def _recorded(corpus: str, environ: Mapping[str, str]) -> list[str]:
    is_database = corpus.startswith(_DATABASE)  # beside which the names are, for SQLite is much to load
    path = corpus[len(_DATABASE) :] if is_database else os.path.join(corpus, "")
    try:
        with open(f"{path}.agentrec-keys", encoding="utf-8") as file:
            names = file.read().split()
    except (OSError, ValueError):
        return []
    if _has_aws(environ):
        names = [name for name in names if not name.endswith("?")]
    return list(dict.fromkeys(name.rstrip("?") for name in names))


def _default(environ: Mapping[str, str]) -> list[str]:
    names = list(DEFAULT)
    if environ.get("GEMINI_API_KEY"):
        names.remove("GOOGLE_API_KEY")  # with both set, google-genai warns
    if _has_aws(environ):
        names = [name for name in names if not name.startswith("AWS_")]
    return names


def _has_aws(environ: Mapping[str, str]) -> bool:
    return any(name.startswith(REAL_AWS) for name in environ) or os.path.isdir(os.path.expanduser("~/.aws"))
