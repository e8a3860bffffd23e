"""A miss: replay was asked for what nobody recorded. Told at once, in words, so that it can't be swallowed.

It is answered with a synthesised HTTP **418** whose body every SDK reads into its exception's text, and
``x-should-retry: false``. Tried with 30 SDK versions and frameworks: one attempt, at once, message intact.
An exception raised in the transport instead is retried 3 to 12 times (1.3 to 14.5 s) and its text lost.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentrec_auto.capture import Headers

if TYPE_CHECKING:  # a seam that is put in place needs none of the parts
    from agentrec_auto.flow.nearest import Likeness
    from agentrec_auto.keying.identity import Identity

STATUS = 418
"""No API sends it, no SDK retries it or gives it a meaning of its own (404 is "no such model", 400 "context
too long")."""

_CODE = "agentrec_replay_miss"
_REASON = 500
"""Characters of a status line's reason, at most."""

_MODEL = 120
"""Characters of a model's name, at most: an ARN of Bedrock has 101."""

_TOLD = 3
"""How many differing paths are told."""

CURE = "Record it with AGENTREC_MODE=auto (or `agentrec run --mode auto -- …`)"
"""For whoever runs the program; who serves a corpus has another."""

_CURE_BEGINS = ". Record it with "

_LIKE = 0.25
"""Below this, the nearest recording is another question altogether: naming it would mislead."""


@dataclass(frozen=True, slots=True)
class Miss:
    """What is told about a refused request."""

    text: str
    """One line: what was asked, what stood in the way, the cure."""

    dialect: str = ""
    """In whose words the API that was asked tells of errors."""

    @property
    def headers(self) -> Headers:
        """The head of the answer."""
        return [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(self.body)).encode()),
            (b"x-should-retry", b"false"),
            (b"x-agentrec", b"miss"),
        ]

    @property
    def reason(self) -> bytes:
        """The text for the status line, in ASCII: ``raise_for_status()`` tells that, and not the body."""
        line = " ".join(self.text.replace("…", "...").replace("→", "->").split())
        return "".join(filter(str.isprintable, line[:_REASON])).encode("ascii", "replace")

    @property
    def body(self) -> bytes:
        """The error as JSON, in the shape that the API's own errors have: many SDKs show all of it, so the
        text stands there once. Where that isn't known, it stands wherever some SDK looks for it: Bedrock's
        and Cohere's read ``message``, Replicate's ``detail``."""
        return json.dumps(self._document).encode()

    @property
    def _document(self) -> dict[str, Any]:
        error: dict[str, Any] = {"type": _CODE, "code": _CODE, "message": self.text}
        match self.dialect:
            case "openai":
                return {"error": error}
            case "anthropic":
                return {"type": "error", "error": {"type": _CODE, "message": self.text}}
            case "gemini":
                return {"error": {"code": STATUS, "message": self.text, "status": _CODE}}
            case _:
                return {"type": "error", "message": self.text, "detail": self.text, "error": error}


def legible(text: str) -> str:
    """``text`` as any terminal, file and pipe can take it: bytes that are no UTF-8, and halves of surrogate
    pairs, as escapes. pytest-xdist's pipe breaks at one, and with it the whole session."""
    return text.encode("utf-8", "backslashreplace").decode()


def asked_for(identity: Identity, site: str | None = None) -> str:
    """A request in a few words: ``POST /v1/chat/completions (model gpt-4o, from app.py:answer)``."""
    told = [f"model {_cut(identity.model)}"] if identity.model else []
    if identity.stream:
        told.append("streamed")
    if site:
        told.append(f"from {site}")
    return f"{identity.method} {identity.path}" + (f" ({', '.join(told)})" if told else "")


def _cut(model: str) -> str:
    """A model's name, or as much of it as still reads as one: it is whatever the app has sent."""
    return model if len(model) <= _MODEL else f"{model[:_MODEL]}…"


def words_for(identity: Identity) -> str:
    """The dialect in which a miss is told to who sent a request; empty where the path leaves it open."""
    if identity.dialect != "openai" or identity.path.endswith(("/chat/completions", "/responses")):
        return identity.dialect
    return ""  # embeddings and rerankings: of several APIs, with errors of their own, at OpenAI's paths


def unrecorded(
    identity: Identity, where: str, found: Likeness | None, *, site: str | None = None, cure: str = CURE
) -> str:
    """The sentence for a request that no recording answers, which the app sent from ``site``."""
    from agentrec_auto.flow.nearest import differences  # here: as above

    text = f"agentrec: no recording in {where} answers {asked_for(identity, site)}; "
    if found is None:
        text += "there is nothing recorded there yet"
    elif found.score < _LIKE:
        text += "nothing recorded there is like it"
    elif identity.key == found.identity.key:
        mine = found.recording.name
        text += (
            f"{mine} is the same request by the rules that hold now, but isn't found by that name: "
            f"`agentrec rekey --write` mends it, or call it {identity.key}"
        )
    else:
        differing = differences(identity, found.identity)
        told = ", ".join(differing[:_TOLD]) or "nothing that is kept, only in what was redacted"
        more = f" and {len(differing) - _TOLD} more" if len(differing) > _TOLD else ""
        text += (
            f"the nearest, {found.recording.name} ({found.alike} alike), differs (recorded → asked) "
            f"at {told}{more}"
        )
    return f"{text}. {cure}"


def with_one_cure(texts: list[str]) -> list[str]:
    """What is told of several misses: where all have the same cure, with that at the end, once."""
    found = [text.rpartition(_CURE_BEGINS) for text in texts]
    if len(texts) < 2 or len({cure for _, _, cure in found}) > 1 or not all(head for head, _, _ in found):
        return texts
    return [*(head for head, _, _ in found), _CURE_BEGINS.lstrip(". ") + found[0][2]]


def incomparable(identity: Identity, where: str, *, site: str | None = None) -> str:
    """The sentence for a live answer that there is nothing to verify against."""
    return (
        f"agentrec: no recording in {where} answers {asked_for(identity, site)}, "
        f"and so there is nothing to compare its answer with. {CURE}"
    )


def past_last_take(
    identity: Identity, where: str, order: int, recorded: int, *, site: str | None = None
) -> str:
    """The sentence for a request asked more often than it was recorded, under ``takes = "error"``."""
    takes = "1 take" if recorded == 1 else f"{recorded} takes"
    return (
        f"agentrec: {asked_for(identity, site)} was asked for the {_nth(order)} time, and "
        f"{where} holds {takes} of it ({identity.key}); "
        'record it again with AGENTREC_MODE=refresh, or set takes = "last"'
    )


def unreadable(identity: Identity, where: str, name: str, *, site: str | None = None) -> str:
    """The sentence for a request whose recording can't be read."""
    return (
        f"agentrec: {asked_for(identity, site)} is answered by {name} in {where}, which can't be read; "
        "restore it, or delete it and record it again with AGENTREC_MODE=auto"
    )


def _nth(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
