"""The page: one document that needs nothing else, and lets nothing else run or load.

What it shares with the report (colours, elements that are made of texts, the words that differ) is the
report's own files.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from markupsafe import Markup

from agentrec_auto.corpus.inert import inert
from agentrec_auto.report.inlined import piece, policy_hash, script

_SHARED = ("texts.js", "diff.js", "theme.js")
_SCRIPTS = (
    "source.js",
    "state.js",
    "list.js",
    "conversation.js",
    "raw.js",
    "reading.js",
    "comparing.js",
    "main.js",
)

_HEAD = Markup(
    """<!doctype html>
<html lang='en'>
<head>
<meta charset='utf-8'>
<meta http-equiv='Content-Security-Policy' content="{policy}">
<meta name='viewport' content='width=device-width, initial-scale=1'>
<meta name='referrer' content='no-referrer'>
<meta name='color-scheme' content='light dark'>
<link rel='icon' href='data:,'>
<title>{corpus} — agentrec</title>
<style>{css}</style>
</head>
"""
)


def head(corpus: str, *, is_served: bool) -> str:
    """The page up to its body. ``is_served``: its data is fetched from where it comes from."""
    return _HEAD.format(
        policy=Markup(policy(is_served=is_served)), corpus=inert(corpus), css=Markup(_style())
    )


def body(facts: str) -> str:
    """Its body as far as the data; ``facts`` is JSON."""
    return _shell() + Markup("<script type='application/json' id='facts'>{}</script>\n").format(Markup(facts))


def foot() -> str:
    """The rest: the script."""
    return Markup("<script>{}</script>\n</body>\n</html>\n").format(Markup(_script()))


def policy(*, is_served: bool) -> str:
    """The content security policy."""
    reaches = " connect-src 'self';" if is_served else ""
    return (
        f"default-src 'none';{reaches} img-src data:; script-src {policy_hash(_script())}; "
        f"style-src {policy_hash(_style())}; base-uri 'none'; form-action 'none'"
    )


@cache
def _style() -> str:
    return piece("page.css") + _piece("view.css")


@cache
def _script() -> str:
    return script([*map(piece, _SHARED), *map(_piece, _SCRIPTS)])


@cache
def _shell() -> Markup:
    return Markup(_piece("shell.html"))  # ours, with nothing of anybody's in it


def _piece(name: str) -> str:
    return (files("agentrec_auto.viewing") / "page" / name).read_text(encoding="utf-8")
