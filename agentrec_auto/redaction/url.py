"""Secrets in a URL: user and password, secret query names, and secrets by their form anywhere else.

The rest of the URL stays as it is, character for character.
"""

from __future__ import annotations

import re
from functools import lru_cache

from agentrec_auto.redaction import percent
from agentrec_auto.redaction.edits import Edit, applied, merged
from agentrec_auto.redaction.fields import PLACEHOLDER, is_done, is_secret_name
from agentrec_auto.redaction.finder import Finder
from agentrec_auto.redaction.values import is_credential

_USER = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]+)@")
_PAIR = re.compile(r"[?&#]([\w.%+~\[\]-]{1,100})=([^&#\s\"'<>]*)", re.ASCII)

_NAMES = frozenset(
    """
    key apikey xapikey token idtoken auth authorization bearer jwt code sig signature hmac secret credential
    credentials pwd assertion clientassertion xamzsignature xamzcredential xamzsecuritytoken awsaccesskeyid
    googleaccessid keypairid
    """.split()  # noqa: SIM905
)


@lru_cache(maxsize=512)
def is_secret_query_name(name: str) -> bool:
    """Whether a query parameter of this name holds a secret: ``key``, ``access_token``, ``X-Amz-Signature``.

    Such a parameter is redacted, and isn't part of the key of its request.
    """
    letters = name.lower().replace("_", "").replace("-", "")
    return letters in _NAMES or letters.startswith("xgoog") or is_secret_name(name)


def redacted(url: str, finder: Finder, names: frozenset[str] = frozenset()) -> str:
    """The URL without its secrets; ``names``, in lower case, are the query names that the user adds."""
    edits = in_query(url, names) if "=" in url else []
    if (user := _USER.match(url)) is not None:
        edits.append(Edit(*user.span(1), "REDACTED"))  # no brackets: urlsplit would look for IPv6 in them
    if (near := finder.narrowed(url)) is not None:
        edits += near.find(url)
    for plus in (False, True):  # a plus is a space where a form was sent, and itself elsewhere
        if ("+" in url) if plus else ("%" in url):
            said = percent.decoded(url, plus=plus)
            if (near := finder.narrowed(said)) is not None:
                edits += percent.spelled(url, near.find(said))
    return applied(url, merged(edits)) if edits else url


def credentials(url: str) -> list[str]:
    """What a request identified itself with in its URL (``?key=AIza…``)."""
    if "?" not in url:
        return []
    values = [percent.decoded(url[edit.start : edit.end], plus=True) for edit in in_query(url)]
    return list(filter(is_credential, values))


def in_query(text: str, names: frozenset[str] = frozenset()) -> list[Edit]:
    """The values of secret names in the query and the fragment of a URL, or of URLs in a text."""
    edits = []
    for pair in _PAIR.finditer(text):
        name = percent.decoded(pair[1], plus=True)
        if (is_secret_query_name(name) or name.lower() in names) and pair[2] and not is_done(pair[2]):
            edits.append(Edit(*pair.span(2), PLACEHOLDER))
    return edits
