"""Which of several recordings is meant."""

import sqlite3
from dataclasses import replace

import pytest

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.flow.takes import Takes
from agentrec_auto.keying.identity import Key
from agentrec_auto.store.base import name_of
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore
from agentrec_auto.store.sqlite import SQLiteStore

KEY = Key("openai_m_0123456789abcdef")


def corpus(*texts, run="earlier"):
    store = MemoryStore()
    for order, text in enumerate(texts, 1):
        add(store, text, order, run=run)
    return store


def add(store, text, take, *, run="earlier", ending="complete"):
    interaction = CapturedInteraction(
        CapturedRequest("POST", "https://a", [], b""),
        200,
        [],
        {},
        [CapturedChunk(text.encode())],
        {"run": run, "order": take, "ending": ending},
    )
    store.add(KEY, interaction, take=take, run=run, replace=False)


def asked(takes, times):
    reels = [takes.turn(KEY, replays=True).reel for _ in range(times)]
    return [reel and b"".join(reel.chunks).decode() for reel in reels]


def test_in_order_then_last():
    """Takes come in order; past the last, the last again."""
    assert asked(Takes(corpus("a", "b"), policy="last", skip_run=None), 4) == ["a", "b", "b", "b"]


def test_cycle():
    """With cycle, past the last comes the first."""
    assert asked(Takes(corpus("a", "b"), policy="cycle", skip_run=None), 5) == ["a", "b", "a", "b", "a"]


def test_error():
    """With error, past the last there is nothing, and it is known how many there were."""
    takes = Takes(corpus("a"), policy="error", skip_run=None)
    assert asked(takes, 2) == ["a", None]
    assert takes.turn(KEY, replays=True).recorded == 1


def test_lanes():
    """Each lane (test, forked child) starts from the first take."""
    takes = Takes(corpus("a", "b"), policy="last", skip_run=None)
    assert asked(takes, 2) == ["a", "b"]
    takes.start_lane()
    assert asked(takes, 1) == ["a"]
    takes.after_fork()
    assert asked(takes, 1) == ["a"]


def test_own_run_is_not_replayed():
    """Auto: what this run recorded is not replayed to it, however often it asks."""
    store = corpus("mine", run="this")
    assert asked(Takes(store, policy="last", skip_run="this"), 2) == [None, None]


def test_own_recordings_stay_apart():
    """Auto: what was there at the first asking is what there is; recording more doesn't change it."""
    store = corpus("old")
    takes = Takes(store, policy="last", skip_run="this")
    assert asked(takes, 1) == ["old"]
    add(store, "new", 2, run="this")
    assert asked(takes, 1) == ["old"]


def test_failed_is_not_replayed():
    """A response that broke off is never replayed."""
    store = corpus("a")
    add(store, "torn", 2, ending="failed")
    assert asked(Takes(store, policy="cycle", skip_run=None), 2) == ["a", "a"]


def test_numbers_have_no_gap():
    """Take numbers count what was kept: a failure in between takes none."""
    takes = Takes(MemoryStore(), policy="last", skip_run="this")
    first, failing, third = (takes.turn(KEY, replays=True) for _ in range(3))
    assert takes.keep(third, KEY) == 1
    assert takes.keep(first, KEY) == 2
    takes.unkeep(first, KEY)
    assert takes.keep(first, KEY) == 2
    assert [turn.order for turn in (first, failing, third)] == [1, 2, 3]


def test_numbers_go_on_after_earlier_runs():
    """What auto records past the last take (policy error) is numbered behind it."""
    takes = Takes(corpus("a", "b"), policy="error", skip_run="this")
    turn = [takes.turn(KEY, replays=True) for _ in range(3)][-1]
    assert takes.keep(turn, KEY) == 3


def test_the_only_one(tmp_path):
    """A take that is alone is found by one look into the folder, however often it is asked for."""
    store = FolderStore(str(tmp_path))
    add(store, "a", 1)
    looked = []
    store._file = lambda name, file=store._file, **how: looked.append(name) or file(name, **how)
    takes = Takes(store, policy="last", skip_run=None)
    assert asked(takes, 2) == ["a", "a"]
    assert takes.ready(KEY).chunks == (b"a",) and looked == [KEY]


def test_several_are_at_hand(tmp_path):
    """Of several takes, each asking gets its own without another look."""
    store = FolderStore(str(tmp_path))
    for order, text in enumerate("abc", 1):
        add(store, text, order)
    takes = Takes(store, policy="last", skip_run=None)
    assert asked(takes, 1) == ["a"]
    store.load = None
    assert [takes.ready(KEY).chunks for _ in range(3)] == [(b"b",), (b"c",), (b"c",)]
    takes.start_lane()
    assert takes.ready(KEY).chunks == (b"a",)


def test_the_first_in_the_folder_was_not_asked_first(tmp_path):
    """Numbers tell which was finished first; the order asked is what counts."""
    store = FolderStore(str(tmp_path))
    for order, text in ((1, "second"), (2, "first")):
        add(store, text, order)
    for name, order in ((KEY, 2), (f"{KEY}.take2", 1)):
        store.rewrite(name, replace(store.load(name), metadata={"order": order, "run": "earlier"}))
    assert asked(Takes(store, policy="last", skip_run=None), 2) == ["first", "second"]


def test_the_first_failed(tmp_path):
    """One that broke off is passed over, alone or not."""
    store = FolderStore(str(tmp_path))
    add(store, "torn", 1, ending="failed")
    assert asked(Takes(store, policy="last", skip_run=None), 1) == [None]
    add(store, "whole", 2)
    assert asked(Takes(store, policy="last", skip_run=None), 2) == ["whole", "whole"]


@pytest.mark.parametrize(
    ("broken", "said"), [(1, [None, "b", "c", "c"]), (2, ["a", None, "c", "c"]), (3, ["a", "b", None, None])]
)
@pytest.mark.parametrize("kind", ["folder", "sqlite"])
def test_a_take_that_cannot_be_read(tmp_path, kind, broken, said):
    """It keeps its place, and no other take answers in it, until it is mended."""
    store, damage = damaged(tmp_path, kind)
    for order, text in enumerate("abc", 1):
        add(store, text, order)
    whole = store.load(name_of(KEY, broken))
    damage(name_of(KEY, broken))
    takes = Takes(store, policy="last", skip_run=None)
    assert asked(takes, 4) == said
    takes.start_lane()
    turns = [takes.turn(KEY, replays=True) for _ in range(3)]
    assert [turn.unread for turn in turns if turn.reel is None] == [name_of(KEY, broken)]
    store.rewrite(name_of(KEY, broken), whole)
    takes.start_lane()
    assert asked(takes, 3) == ["a", "b", "c"]


@pytest.mark.parametrize("broken", [1, 2])
def test_recorded_again_beside_what_cannot_be_read(tmp_path, broken):
    """Auto records what can't be read anew; the broken file is then in nobody's way."""
    store, damage = damaged(tmp_path, "folder")
    for order, text in enumerate("ab", 1):
        add(store, text, order)
    damage(name_of(KEY, broken))
    takes = Takes(store, policy="last", skip_run="this")
    turns = [takes.turn(KEY, replays=True) for _ in range(2)]
    turn = turns[broken - 1]
    assert turn.unread and [one.unread for one in turns].count("") == 1
    interaction = replace(store.load(name_of(KEY, 3 - broken)), chunks=[CapturedChunk(b"new")])
    interaction.metadata = {"run": "this", "order": turn.order, "ending": "complete"}
    store.add(KEY, interaction, take=takes.keep(turn, KEY), run="this", replace=False)
    expected = ["new", "b"] if broken == 1 else ["a", "new"]
    assert asked(Takes(store, policy="last", skip_run=None), 2) == expected


def damaged(folder, kind):
    """A store, and what makes a recording in it unreadable."""
    if kind == "folder":
        return FolderStore(str(folder)), lambda name: (folder / f"{name}.json").write_text("<<<<<<< HEAD")
    store = SQLiteStore(str(folder / "corpus.db"))

    def damage(name):
        with sqlite3.connect(folder / "corpus.db") as database:
            database.execute("UPDATE recording SET document = '{' WHERE name = ?", (name,))

    return store, damage
