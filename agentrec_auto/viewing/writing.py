"""The page with its data in it, as one file that can be sent to somebody or kept with a build."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from typing import TextIO

from agentrec_auto.corpus.held import Broken, Corpus
from agentrec_auto.errors import StoreError
from agentrec_auto.report.inlined import inside
from agentrec_auto.viewing import data, page


def write(corpus: Corpus, names: Sequence[str], out: str) -> None:
    """Write these recordings to the file ``out``, which is there whole or as it was; `StoreError`."""
    temporary = f"{out}.{uuid.uuid4().hex}.tmp"
    try:
        with open(temporary, "x", encoding="utf-8", newline="\n") as file:
            _fill(file, corpus, names)
        os.replace(temporary, out)
    except OSError as error:
        raise StoreError(f"can't write {out}: {error.strerror}") from error
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _fill(file: TextIO, corpus: Corpus, names: Sequence[str]) -> None:
    file.write(page.head(corpus.where, is_served=False))
    facts = {"corpus": corpus.where, "total": len(names), "served": False}
    file.write(page.body(str(inside(facts))))
    file.writelines(_elements(corpus, names))
    file.write(page.foot())


def _elements(corpus: Corpus, names: Sequence[str]) -> Iterator[str]:
    """Two script elements a recording, so that a page of thousands parses only what is opened."""
    for held in corpus.read(names):
        if isinstance(held, Broken):
            yield _element("row", {"name": held.name, "why": held.why})
            continue
        yield _element("row", data.row(held))
        yield _element("whole", data.whole(corpus, held))


def _element(kind: str, told: data.Told) -> str:
    return f"<script type='application/json' class='{kind}'>{inside(told)}</script>\n"
