"""Texts that wait in a file: rows and sides say what they always say."""

import pickle
import subprocess
import sys

import pytest

from agentrec_auto.comparators.base import Pair, Side
from agentrec_auto.migration.rows import RowResult
from agentrec_auto.migration.waiting import Texts, WaitingRow, WaitingText, present, waiting

TEXTS = ["", "one", "ünï\n\0", "half \ud83d of a pair", "x" * 300_000]


@pytest.mark.parametrize("text", TEXTS)
def test_text(text):
    """A text comes back as it was, written out or not, as often as it is asked for."""
    texts = Texts()
    kept = [WaitingText(one, texts) for one in (text, "between", text)]
    assert [str(one) for one in kept] == [text, "between", text]
    assert str(kept[0]) == text


def test_side():
    """A side that waits is the same side; a process it is sent to has it whole."""
    side = Side(model="m", text="words", latency_s=1.5)
    aside = waiting(side, Texts())
    assert (aside.text, aside.model, aside.latency_s) == ("words", "m", 1.5)
    assert present(aside) == side
    assert pickle.loads(pickle.dumps(aside)) == side
    assert waiting(side, None) is side


def test_row():
    """A row's texts are its sides', and it knows whether they differ."""
    texts = Texts()
    one, other = Side(text="said"), Side(text="said so")
    row = WaitingRow("k", "b", "m", "p…", WaitingText("prompt", texts), baseline=waiting(one, texts))
    assert isinstance(row, RowResult)
    assert (row.prompt_text, row.baseline_text, row.target_text) == ("prompt", "said", None)
    row.lay_aside(Pair("prompt", one, other), texts)
    assert (row.target_text, row.differs) == ("said so", True)


def test_report_loads_no_client():
    """The command that reports offline imports no HTTP client, and no writer of a form not asked for."""
    program = "import sys, agentrec_auto.cli.report; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    unwanted = {"httpx", "urllib.request", "agentrec_auto.report.document", "agentrec_auto.report.junit"}
    assert not unwanted & set(loaded.stdout.split())
