"""``agentrec rekey``: recordings come under the keys they have now, and none is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.keying.identity import KEY_VERSION, Keyer
from agentrec_auto.settings import KeyRule
from agentrec_auto.store.base import name_of, split_name
from agentrec_auto.store.file import FolderStore

DATES = '[[key.rule]]\nreplace = [{ pattern = "Invoice .*", with = "an invoice" }]\n'


def bodies(kept: Kept) -> list[bytes]:
    """What every recording answers: nothing of it may be lost."""
    return sorted(kept.load(name).body for name in kept.names)


def are_true(kept: Kept, rules: tuple[KeyRule, ...] = ()) -> bool:
    """Whether each recording stands under its key, and says so."""
    keyer = Keyer(rules)
    keys = {name: keyer.identify(kept.load(name).request).key for name in kept.names}
    said = {name: kept.load(name).metadata["key"] for name in kept.names}
    return all(split_name(name)[0] == key == said[name] for name, key in keys.items())


def test_nothing_to_do(agentrec: Agentrec, either: Kept) -> None:
    """What is true already is left alone."""
    ran = agentrec("rekey", "--write")
    assert (ran.code, ran.stdout) == (0, "")
    assert ran.stderr == "nothing to be rekeyed, of 10 recordings\n"


def test_dry_run(agentrec: Agentrec, either: Kept, here: Path) -> None:
    """Without --write, what would be done is told, and nothing is."""
    (here / "agentrec.toml").write_text(DATES)
    before = {name: kept_bytes(either, name) for name in either.names}
    ran = agentrec("rekey")
    assert ran.code == 0
    assert "would be rekeyed: 2 of 10 recordings, 2 under another key. Nothing was written" in ran.stderr
    assert {name: kept_bytes(either, name) for name in either.names} == before


def kept_bytes(kept: Kept, name: str) -> object:
    return kept.load(name)


def test_a_rule_makes_two_requests_one(agentrec: Agentrec, either: Kept, here: Path) -> None:
    """They become takes of one key, the older first, as the dry run said."""
    (here / "agentrec.toml").write_text(DATES)
    before = bodies(either)
    planned = agentrec("rekey").stdout
    ran = agentrec("rekey", "--write")
    assert ran.code == 0 and ran.stdout == planned
    assert bodies(either) == before
    from agentrec_auto.config.load import load

    assert are_true(either, load({}, cwd=str(here)).settings.key_rules)
    (second,) = [name for name in either.names if "mini" in name and "take" in name]
    assert second.endswith(".take2") and b"Invoice 77" in either.load(second).request.content
    assert agentrec("verify").code == 0
    assert agentrec("rekey").stderr.startswith("nothing to be rekeyed")


def test_takes_move_together(agentrec: Agentrec, either: Kept, here: Path) -> None:
    """All takes of a key come to the new one, in their order, without a gap."""
    old = either.name("take2").removesuffix(".take2")
    answers = [either.load(name_of(old, take)).body for take in (1, 2, 3)]
    (here / "agentrec.toml").write_text(
        '[[key.rule]]\nreplace = [{ pattern = "recorders", with = "flutes" }]\n'
    )
    assert agentrec("rekey", "--write").code == 0
    new = either.name("take2").removesuffix(".take2")
    assert new != old and old not in either.names
    assert [recording.interaction.body for recording in either.store.takes(new)] == answers


def test_cycle(agentrec: Agentrec, either: Kept) -> None:
    """Two recordings under each other's names change places."""
    one, two = either.name("2291"), either.name("Invoice 77")
    first, second = either.load(one), either.load(two)
    either.store.rewrite(one, second)
    either.store.rewrite(two, first)
    assert agentrec("verify").code == 1
    assert agentrec("rekey", "--write").code == 0
    assert (either.load(one).body, either.load(two).body) == (first.body, second.body)
    assert len(either.names) == 10


def test_edited_request(agentrec: Agentrec, either: Kept) -> None:
    """A request that was edited by hand is found again."""

    def edit(interaction: CapturedInteraction) -> None:
        interaction.request.content = interaction.request.content.replace(b"2291", b"2292")

    old = either.name("2291")
    either.edit(old, edit)
    ran = agentrec("rekey", "--write")
    assert f"{old}   {either.name('2292')}   the rules for keys, or its request, have changed\n" in ran.stdout
    assert are_true(either)


def test_gap(agentrec: Agentrec, either: Kept) -> None:
    """Takes behind a missing one move up, however far."""
    key = either.name("take2").removesuffix(".take2")
    third = either.load(f"{key}.take3")
    for take in (2, 3):
        either.store.remove(name_of(key, 2))
    for take in (4, 9):
        either.store.rewrite(name_of(key, take), third)
    assert len(either.store.takes(key)) == 1
    ran = agentrec("rekey", "--write")
    assert f"{key}.take9   {key}.take3   a take before it is missing\n" in ran.stdout
    assert [recording.name for recording in either.store.takes(key)] == [
        name_of(key, take) for take in (1, 2, 3)
    ]


def test_filter(agentrec: Agentrec, either: Kept, here: Path) -> None:
    """Only what is meant is rekeyed."""
    (here / "agentrec.toml").write_text(DATES)
    agentrec("rekey", "--write", "2291")
    assert "1 of 1 recording, 1 under" in agentrec("rekey", "Invoice 77").stderr
    assert agentrec("rekey", "2291").stderr.startswith("nothing to be rekeyed")


def test_interrupted(here: Path, kept: Kept, agentrec: Agentrec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before the old names were removed, it leaves recordings twice; the next time puts that right."""
    (here / "agentrec.toml").write_text(DATES)
    with monkeypatch.context() as patched:
        patched.setattr(FolderStore, "remove", lambda store, name: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            agentrec("rekey", "--write")
    before = set(bodies(kept))
    assert agentrec("rekey", "--write").code == 0
    assert len(kept.names) == 10 and set(bodies(kept)) == before


def foreign(here: Path) -> str:
    """A file of the agentrec library 0.2: its own names, no key in its metadata."""
    name = "openai_gpt-4o-mini_0123456789abcdef"
    document = {
        "summary": {"prompt": "I love it", "response": "positive"},
        "metadata": {"provider": "openai", "model": "gpt-4o-mini", "category": "classify"},
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/chat/completions",
            "headers": [["authorization", "[REDACTED]"]],
            "content": '{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "I love it"}]}',
        },
        "response_status": 200,
        "response_headers": [["content-type", "application/json"]],
        "response_extensions": {},
        "chunks": [{"data": '{"choices": [{"message": {"content": "positive"}}]}', "timestamp_offset": 0.1}],
    }
    (here / "corpus" / f"{name}.json").write_text(json.dumps(document, indent=2))
    return name


def test_foreign(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """A file of the agentrec library comes under our key, and says what ours say; its category stays."""
    name = foreign(here)
    assert f"{name}" in agentrec("ls", "-q", "category:classify").stdout
    assert agentrec("rekey", "--write").code == 0
    metadata = kept.load(kept.name("I love it")).metadata
    assert (metadata["category"], metadata["key_version"], metadata["dialect"]) == (
        "classify",
        KEY_VERSION,
        "openai",
    )
    assert are_true(kept)


def test_cassette_id(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """One called by its cassette id is well, and is brought under its key when asked for."""
    from agentrec_auto.keying.cassette_id import fingerprint_of

    name = foreign(here)
    interaction = kept.load(name)
    id = fingerprint_of(interaction).cassette_id
    (here / "corpus" / f"{name}.json").rename(here / "corpus" / f"{id}.json")
    assert agentrec("verify").code == 0
    assert "is called by its cassette id" in agentrec("verify").stdout
    assert "it was called by its cassette id" in agentrec("rekey", "--write").stdout
    assert are_true(kept)


@pytest.mark.parametrize("name", ["my-id", "migration__openai_gpt-4o_0123456789abcdef__to__claude"])
def test_given_names_stay(agentrec: Agentrec, kept: Kept, name: str) -> None:
    """What was named otherwise than by its key is left alone."""
    kept.edit(kept.name("2291"), lambda interaction: interaction.metadata.update(id=name), to=name)
    assert agentrec("rekey", "--write").stderr.startswith("nothing to be rekeyed")
    assert name in kept.names


def test_newer_version(agentrec: Agentrec, kept: Kept) -> None:
    """What a newer agentrec has keyed is not touched."""
    name = kept.edit(
        kept.name("2291"), lambda interaction: interaction.metadata.update(key_version=KEY_VERSION + 1)
    )
    ran = agentrec("rekey", "--write")
    assert (
        f"can't be read: {name}: its key is of version {KEY_VERSION + 1}, and this agentrec knows"
        in ran.stderr
    )
    assert kept.load(name).metadata["key_version"] == KEY_VERSION + 1


def test_json(asked: object, kept: Kept, here: Path) -> None:
    """The plan, and whether it was carried out."""
    (here / "agentrec.toml").write_text(DATES)
    told = asked("rekey", "2291")
    assert (told["written"], told["looked_at"], len(told["changes"])) == (False, 1, 1)
    assert told["changes"][0].keys() == {"name", "to", "why"}


def test_replay_finds_them(here: Path, kept: Kept, run_agentrec: object) -> None:
    """The app, run again under the new rule, is answered by what was rekeyed; no server is there."""
    import sys

    (here / "agentrec.toml").write_text(DATES)
    assert run_agentrec("rekey", "--write", cwd=here).code == 0
    ran = run_agentrec(
        "run",
        "--mode",
        "replay",
        "--",
        sys.executable,
        "app.py",
        cwd=here,
        env={"BASE_URL": "http://127.0.0.1:9"},
    )
    assert ran.code == 0 and "10 replayed, " in ran.stderr.replace(" (recorded errors: 1 of 404)", ""), (
        ran.stderr
    )


@pytest.mark.parametrize("words", [("rekey", "--write"), ("scrub", "--write"), ("annotate", "--tag", "a=b")])
def test_of_a_newer_agentrec(agentrec: Agentrec, either: Kept, here: Path, words: tuple[str, ...]) -> None:
    """What has members that we don't know is left as it is, and said: rewritten, it would lose them."""

    def newer(one: CapturedInteraction) -> None:
        one.metadata.update(format_version=99)
        one.response_headers.append((b"x-note", b"sk-abcdefghijklmnop1234567890"))

    name = either.edit(either.name("2291"), newer)
    before = either.load(name)
    ran = agentrec(*words)
    assert f"{name}: it is of file format 99, and this agentrec knows 1" in ran.stderr
    assert either.load(name) == before


def test_gap_before_a_newer_one(agentrec: Agentrec, either: Kept) -> None:
    """A take of a newer agentrec doesn't move up, for that would be to rewrite it."""
    name = next(name for name in either.names if name.endswith(".take3"))
    either.edit(name, lambda one: one.metadata.update(format_version=99))
    key = split_name(name)[0]
    store = either.store
    store.rewrite(f"{key}.take4", store.load(name))
    store.remove(f"{key}.take4")
    before = store.load(name)
    agentrec("rekey", "--write")
    assert store.load(name) == before
