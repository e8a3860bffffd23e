"""``agentrec explain``: what a key is made of, and why replay finds or misses a request."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept

from agentrec_auto.capture import CapturedInteraction, CapturedRequest
from agentrec_auto.corpus.explaining import _effects, leaves
from agentrec_auto.keying.canonical import parsed
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.settings import KeyRule, Replacement

RULES = """
[[key.rule]]
url = "*/chat/completions"
ignore = ["user", "metadata.run"]
replace = [{ pattern = '\\d+ (October|November) \\d{4}', with = "<date>" }]
host = true

[[key.rule]]
url = "*/messages"
ignore = ["max_tokens"]
"""


def test_found(agentrec: Agentrec, kept: Kept) -> None:
    """A recording under its key: its parts, and that replay finds it."""
    ran = agentrec("explain", kept.name("2291"))
    assert ran.code == 0
    for line in (
        f"key      {kept.name('2291')}",
        f"replay   finds 1 take: {kept.name('2291')}",
        "path     /v1/chat/completions",
        "model    gpt-4o-mini",
        "stream   no",
        "not of   host, headers, the URL's fragment",
    ):
        assert f"{line}\n" in ran.stdout
    assert "of JSON: messages, temperature\n" in ran.stdout


def test_takes(agentrec: Agentrec, kept: Kept) -> None:
    """All takes are named; what broke off is not replayed, and said so."""
    name = kept.name("take3")
    kept.edit(name, lambda interaction: interaction.metadata.update(ending="failed"))
    ran = agentrec("explain", name)
    assert "finds 2 takes: " in ran.stdout and ", 1 broken off and not replayed" in ran.stdout


def test_rules(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """What each rule did to which value; the host, where it counts; and that the name is no longer the key."""
    (here / "agentrec.toml").write_text(RULES)
    ran = agentrec("explain", kept.name("2291"))
    assert ran.code == 1
    assert "looks for it under its key, but it is called" in ran.stdout
    assert (
        'replaced  messages[0].content: "…14 November 2026: total NOK 12,450.00" → "…<date>: total NOK 12,450.00"'
        "  [[key.rule]] #1 (*/chat/completions)" in ran.stdout
    )
    assert re.search(r"^by rule +http://127.0.0.1:\d+$", ran.stdout, re.MULTILINE)
    assert "#2" not in ran.stdout
    assert "most like it" not in ran.stdout  # that would be the recording itself


def test_ids_are_renamed(asked: object, kept: Kept) -> None:
    """Ids that SDKs make up don't count, and are shown as what they become."""
    effects = asked("explain", kept.name("sleet"))["effects"]
    assert [(effect["did"], effect["what"], effect["after"]) for effect in effects] == [
        ("renamed", "messages[1].tool_calls[0].id", "id-1"),
        ("renamed", "messages[2].tool_call_id", "id-1"),
    ]


def test_missed(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """A request that nobody recorded: the recording most like it, and a rule that helps."""
    body = json.loads(kept.load(kept.name("2291")).request.content)
    (here / "body.json").write_text(json.dumps({**body, "metadata": {"run": 7}, "user": "u"}))
    ran = agentrec("explain", "body.json", "--url", "https://api.openai.com/v1/chat/completions")
    assert ran.code == 1
    assert "misses it: nothing is recorded under this key" in ran.stdout
    assert f": {kept.name('2291')}\n" in ran.stdout
    rule = ran.stdout.partition("(then: agentrec rekey)\n")[2]
    assert rule.split("\n")[1:3] == ['  url = "*/v1/chat/completions"', '  ignore = ["metadata", "user"]']
    # the rule, followed, is true
    (here / "agentrec.toml").write_text(rule)
    assert agentrec("explain", "body.json", "--url", "https://api.openai.com/v1/chat/completions").code == 0


def test_missed_by_a_date(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """Where texts differ only in what changes by itself, the rule replaces that."""
    name = kept.name("2291")

    def dated(interaction: CapturedInteraction) -> None:
        interaction.request.content = interaction.request.content.replace(b"14 November 2026", b"2026-11-14")

    kept.edit(name, dated)
    assert agentrec("rekey", "--write").code == 0
    (here / "body.json").write_text(
        kept.load(kept.name("2291")).request.content.decode().replace("2026-11-14", "2027-01-02")
    )
    rule = agentrec("explain", "body.json").stdout.partition("(then: agentrec rekey)\n")[2]
    assert 'with = "<date>" }]' in rule
    (here / "agentrec.toml").write_text(rule)
    assert agentrec("rekey", "--write").code == 0
    assert agentrec("explain", "body.json").code == 0


def test_another_question_gets_no_rule(agentrec: Agentrec, here: Path) -> None:
    """No rule is offered that would make two questions one."""
    message = {"role": "user", "content": "Tell me a joke about flutes."}
    (here / "body.json").write_text(json.dumps({"model": "gpt-4o", "stream": True, "messages": [message]}))
    ran = agentrec("explain", "body.json")
    assert ran.code == 1 and "most like it" in ran.stdout and "[[key.rule]]" not in ran.stdout


def test_stdin(here: Path, kept: Kept, run_agentrec: object) -> None:
    """A request may come from stdin."""
    body = kept.load(kept.name("2291")).request.content.decode()
    ran = run_agentrec("explain", "-", "--json", cwd=here, input=body)
    assert ran.code == 0 and json.loads(ran.stdout)["takes"][0]["name"] == kept.name("2291")


def test_given_names(agentrec: Agentrec, kept: Kept) -> None:
    """What was given its name is not looked for by its key."""

    def other(interaction: CapturedInteraction) -> None:
        interaction.request.content = interaction.request.content.replace(b"2291", b"2292")
        interaction.metadata["id"] = "my-id"

    kept.edit(kept.name("2291"), other, to="my-id")
    ran = agentrec("explain", "my-id")
    assert ran.code == 1 and "doesn't look for it: it was given its name, my-id" in ran.stdout


@pytest.mark.parametrize(
    "rules",
    [
        (),
        (KeyRule(ignore=("user", "messages[*].name")),),
        (KeyRule(replace=(Replacement(r"\d+", "<n>"), Replacement("<n> (\\w+)", r"\1"))),),
        (
            KeyRule(url="*/completions", ignore=("metadata",), replace=(Replacement("a", "b"),)),
            KeyRule(url="*/other", ignore=("messages",)),
            KeyRule(replace=(Replacement("b", "c"),), ignore=("user",)),
        ),
    ],
)
def test_effects_are_those_of_the_keyer(rules: tuple[KeyRule, ...]) -> None:
    """The strings that the explanation ends up with are those that the key is made of."""
    content = json.dumps(
        {
            "user": "u1",
            "metadata": {"run": "a1"},
            "messages": [
                {"role": "user", "name": "n", "content": "a 12 b 34 c"},
                {"id": "call_0123456789", "x": ["a1"]},
            ],
        }
    ).encode()
    request = CapturedRequest("POST", "https://h/v1/chat/completions", [], content)
    matching = [("rule", rule) for rule in rules if rule.url != "*/other"]
    texts = {"path": "/v1/chat/completions", **dict(leaves(parsed(content)))}
    for effect in _effects(request, matching):
        if effect.did == "left out":
            stem = effect.what.replace("[*]", "[0]")
            texts = {place: text for place, text in texts.items() if not place.startswith(stem)}
        else:
            assert texts[effect.what] == effect.before
            texts[effect.what] = effect.after
    identity = Keyer(rules).identify(request)
    assert texts == {"path": identity.path, **dict(leaves(identity.document))}


@pytest.mark.parametrize("broken", [1, 2, 3])
def test_a_take_that_cannot_be_read(agentrec: Agentrec, kept: Kept, here: Path, broken: int) -> None:
    """A take that replay would miss, for its file can't be read, isn't among those that it finds."""
    first = min((name for name in kept.names if f"{name}.take3" in kept.names), key=len)
    names = [first, f"{first}.take2", f"{first}.take3"]
    torn = names.pop(broken - 1)
    (here / "corpus" / f"{torn}.json").write_text("<<<<<<< HEAD")
    ran = agentrec("explain", names[0])
    assert f"finds 2 takes: {', '.join(names)}; misses what can't be read: {torn}" in " ".join(
        ran.stdout.split()
    )
