"""Which of several recordings is meant."""

from dataclasses import replace

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.flow.takes import Takes
from agentrec_auto.keying.fingerprint import Key
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore

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
