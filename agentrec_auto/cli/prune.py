"""``agentrec prune``: remove recordings that are of no more use."""

from __future__ import annotations

import typer

from agentrec_auto.cli import opening, output
from agentrec_auto.corpus import pruning, when
from agentrec_auto.corpus.jsonable import jsonable
from agentrec_auto.corpus.listing import chosen
from agentrec_auto.corpus.pruning import Pruning, Reasons
from agentrec_auto.corpus.wording import size


def register(app: typer.Typer) -> None:
    """Add ``prune``."""
    app.command("prune")(prune)


def prune(
    words: list[str] = opening.FILTER,
    unused: bool = typer.Option(False, "--unused", help="What --used-by doesn't name."),
    used_by: list[str] = typer.Option(
        None,
        "--used-by",
        metavar="PATH",
        help="A folder of ledgers, a ledger, or names one a line.",
        show_default=False,
    ),
    older_than: str = typer.Option(
        "", "--older-than", metavar="AGE", help="As 30d, 12h, 2w.", show_default=False
    ),
    failed: bool = typer.Option(
        False, "--failed", help="Broken off, or answered by 408, 409, 425, 429, 5xx."
    ),
    keep_takes: int = typer.Option(
        None,
        "--keep-takes",
        metavar="N",
        min=1,
        help="Takes beyond the newest N of a key.",
        show_default=False,
    ),
    write: bool = opening.WRITE,
    corpus: str = opening.CORPUS,
    config: str = opening.CONFIG,
    as_json: bool = opening.AS_JSON,
) -> None:
    """Remove recordings that are of no more use.

    Those for which all the reasons given hold, and that the filter means. What was used is told by the
    ledgers of runs: give them a folder with `AGENTREC_RUN_DIR=$PWD/used`. The takes that stay are numbered
    anew. What `agentrec migrate` keeps is used by no run, and `--unused` leaves it alone.

    Example: `agentrec prune --older-than 90d` to see what would go, then the same with `--write`
    """
    if unused and not used_by:
        raise typer.BadParameter(
            "what was used? Name ledgers or a list with --used-by", param_hint="--unused"
        )
    query = opening.query_of(words)
    present = when.now()
    try:
        age = when.age(older_than) if older_than else None
        before = present - age if age is not None else None
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{older_than!r} is no age: as 30d, 12h, 2w", param_hint="--older-than"
        ) from None
    reasons = Reasons(
        used=pruning.used_by(used_by) if used_by else None,
        before=before,
        failed=failed,
        keep_takes=keep_takes,
    )
    if reasons == Reasons() and not query:
        raise typer.BadParameter("what should go? Give a reason (--older-than 30d) or a filter")
    opened = opening.open_corpus(corpus, config)
    planned = pruning.plan(chosen(opened, query), reasons)
    if write:
        pruning.carry_out(opened, planned)
    if as_json:
        output.emit_json({"corpus": opened.where, "written": write, **jsonable(planned)})
    elif planned.doomed:
        _show(planned)
    output.note_broken(planned.broken)
    output.note(_summary(planned, write))


def _show(planned: Pruning) -> None:
    room = output.SHOWN if output.is_terminal() else output.PIPED
    made = output.table("recording", ("bytes", {"justify": "right"}), "because")
    for one in planned.doomed[:room]:
        made.add_row(output.cell(one.name), f"{one.bytes:,}", output.cell(one.why, "dim"))
    output.emit(made)
    if len(planned.doomed) > room:
        output.note(f"and {len(planned.doomed) - room:,} more")


def _summary(planned: Pruning, write: bool) -> str:
    count = len(planned.doomed)
    of = f"of {output.plural(planned.looked_at, 'recording')}"
    if not count:
        return f"nothing to remove, {of}"
    if write:
        return f"removed {count:,} {of}, {size(planned.bytes)}"
    return f"would be removed: {count:,} {of}, {size(planned.bytes)}. Nothing was: --write does it"
