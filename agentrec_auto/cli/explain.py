"""``agentrec explain``: what the key of a request is made of, and whether replay finds it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import typer
from rich.console import RenderableType
from rich.text import Text

from agentrec_auto.cli import opening, output
from agentrec_auto.cli.diff import URL, asked_about, differences
from agentrec_auto.corpus.explaining import UNREADABLE, Effect, Explanation, explained
from agentrec_auto.corpus.identity import Standing
from agentrec_auto.flow.nearest import changed

_SHOWN = 60


def register(app: typer.Typer) -> None:
    """Add ``explain``."""
    app.command("explain")(explain)


def explain(
    name: str = typer.Argument(
        metavar="NAME|FILE", help="A recording, or a file with a request (- for stdin).", show_default=False
    ),
    url: str = URL,
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Explain what the key of a request is made of, and why replay finds or misses it.

    Says which rule left out, replaced or renamed what. Exits with 1 where replay would miss the request; then
    the recording most like it is named, with what differs and, where a rule can help, that rule.

    Example: `agentrec explain 5dde0f9f`, and `agentrec explain body.json --url https://api.openai.com/v1/responses`
    """
    corpus, word = opening.at_home(corpus, name)
    opened = opening.open_corpus(corpus, config)
    if word == name and (name == "-" or os.path.isfile(name)):
        explanation = asked_about(opened, name, url)
    else:
        held = opened.load(word)
        explanation = explained(opened, held.interaction.request, held)
    if as_json:
        output.emit_json(_facts(explanation))
    else:
        output.emit(*_page(explanation))
    raise typer.Exit(0 if explanation.is_found and explanation.standing is not Standing.STALE else 1)


def _page(explanation: Explanation) -> Iterator[RenderableType]:
    yield output.cell(f"{explanation.method} {explanation.url}", "bold")
    key = output.cell(explanation.identity.key)
    yield output.pairs([("key", key), ("replay", _verdict(explanation))])
    yield output.section("made of", output.pairs(_parts(explanation)))
    if explanation.effects:
        yield output.section("by rule", *map(_effect, explanation.effects))
    elif explanation.rules:
        yield output.cell(f"\n{', '.join(explanation.rules)}: matches, and finds nothing to change", "dim")
    if near := explanation.near:
        title = output.inert(f"most like it, {near.likeness:.0%}: {near.name}")
        yield output.section(title, differences(near.differences))
    if explanation.cures:
        rule = output.cell("\n".join(f"  {line}" for line in explanation.cures), "green")
        yield output.section("a rule for agentrec.toml that makes them the same (then: agentrec rekey)", rule)


def _verdict(explanation: Explanation) -> Text:
    takes = explanation.takes
    unread = [take.name for take in takes if take.ending == UNREADABLE]
    if explanation.standing is Standing.STALE and not explanation.is_found:
        text = f"looks for it under its key, but it is called {explanation.name}: `agentrec rekey --write`"
        return output.cell(text, "red")
    if explanation.standing is Standing.LIBRARY and not takes:
        text = "finds it in explicit transports, by its cassette id; for patched libraries: `agentrec rekey`"
        return output.cell(text, "yellow")
    if explanation.standing is Standing.GIVEN and not takes:
        return output.cell(f"doesn't look for it: it was given its name, {explanation.name}", "yellow")
    if explanation.is_found:
        played = [take.name for take in takes if take.is_replayed]
        broken_off = len(takes) - len(played) - len(unread)
        also = f", {broken_off} broken off and not replayed" if broken_off else ""
        if unread:
            also += f"; misses what can't be read: {', '.join(unread)}"
        text = f"finds {output.plural(len(played), 'take')}: {', '.join(played)}{also}"
        return output.cell(text, "yellow" if unread else "green")
    if unread:
        return output.cell(f"misses it: {', '.join(unread)} can't be read", "red")
    if takes:
        return output.cell("misses it: what is recorded under this key broke off, and isn't replayed", "red")
    return output.cell("misses it: nothing is recorded under this key", "red")


def _parts(explanation: Explanation) -> Iterator[tuple[str, RenderableType]]:
    identity = explanation.identity
    yield "method", output.cell(identity.method)
    yield "path", output.cell(identity.path)
    yield "model", output.cell(identity.model or "none")
    yield "stream", output.cell("yes" if identity.stream else "no")
    yield "query", output.cell(identity.query or "none")
    members = identity.document if isinstance(identity.document, dict) else {}
    names = ", ".join(name for name in sorted(members) if name not in ("model", "stream"))
    length = f"{len(identity.body):,} characters"
    yield "body", output.cell(f"{length} of JSON: {names}" if names else length)
    for one in identity.extra:
        yield "by rule", output.cell(one)
    headers = "other headers" if identity.extra else "headers"
    host = "" if any("://" in one for one in identity.extra) else "host, "
    yield "not of", output.cell(f"{host}{headers}, the URL's fragment", "dim")


def _effect(effect: Effect) -> Text:
    """What was done, to what, and by which rule."""
    line = output.cell(f"{effect.did:<9} ", "yellow")
    line.append(f"{output.inert(effect.what)}: ", "not yellow default")
    told = json.dumps(effect.before, ensure_ascii=False)
    if effect.after is not None:
        told = changed(effect.before, effect.after)
    elif output.is_terminal() and len(told) > _SHOWN:
        told = told[:_SHOWN] + "…"
    line.append(output.inert(told), "default")
    return line.append(f"  {output.inert(effect.by)}", "dim default")


def _facts(explanation: Explanation) -> dict[str, Any]:
    identity = explanation.identity
    return {
        "found": explanation.is_found,
        "name": explanation.name,
        "standing": explanation.standing,
        "method": explanation.method,
        "url": explanation.url,
        "key": identity.key,
        "key_version": explanation.key_version,
        "semantic_key": identity.semantic_key,
        "made_of": {
            "method": identity.method,
            "path": identity.path,
            "model": identity.model,
            "stream": identity.stream,
            "query": identity.query,
            "body": identity.body,
            "extra": identity.extra,
        },
        "rules": explanation.rules,
        "effects": explanation.effects,
        "takes": explanation.takes,
        "near": explanation.near,
        "cure": explanation.cures,
    }
