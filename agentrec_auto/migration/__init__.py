"""Would another model break my prompts, and what would it cost? Every recorded question, asked again.

    report = await run_migration(FileStore("corpus"), "claude-haiku-4-5", [ExactMatchComparator()])

library       the same as a call, for programs
run           the run, from questions to rows: start here
planning      what a run would do, and at what cost at most
recordings    what is read and added to               baselines  the questions, and their old answers
choosing      which of them are asked again           translating    how, in the target's dialect
targets       whom to ask                             profiles   the providers we know
asking        one question put to a target            retrying   failures that may pass
limits        how fast, and for how much              stopping   ending early, and keeping what there is
claims        two runs don't ask the same             waiting    answers, in a file until they are looked at
answers       what was answered already               ids        under which id that is kept
sides · scoring    from two answers to what comparators say of them
consulting    judges and embeddings, asked once
rows          what a migration found                  numbers    what its rates are worth
gates         what must be reached, for CI            earlier    compared with an earlier report

The names below are fetched on first use: naming a target loads no store and no HTTP library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentrec_auto.lazily import fetching

if TYPE_CHECKING:
    from agentrec_auto.migration.choosing import Choice as Choice
    from agentrec_auto.migration.choosing import chosen as chosen
    from agentrec_auto.migration.gates import Gates as Gates
    from agentrec_auto.migration.ids import migration_id_for as migration_id_for
    from agentrec_auto.migration.library import annotate_corpus as annotate_corpus
    from agentrec_auto.migration.library import migrate_study as migrate_study
    from agentrec_auto.migration.library import run_migration as run_migration
    from agentrec_auto.migration.limits import Limits as Limits
    from agentrec_auto.migration.rows import CategoryBreakdown as CategoryBreakdown
    from agentrec_auto.migration.rows import ComparatorAggregate as ComparatorAggregate
    from agentrec_auto.migration.rows import MigrationReport as MigrationReport
    from agentrec_auto.migration.rows import RowResult as RowResult
    from agentrec_auto.migration.rows import Study as Study
    from agentrec_auto.migration.rows import TokenTotals as TokenTotals

_ROWS = "rows"

_HOMES = {
    "CategoryBreakdown": _ROWS,
    "Choice": "choosing",
    "ComparatorAggregate": _ROWS,
    "Gates": "gates",
    "Limits": "limits",
    "MigrationReport": _ROWS,
    "RowResult": _ROWS,
    "Study": _ROWS,
    "TokenTotals": _ROWS,
    "annotate_corpus": "library",
    "chosen": "choosing",
    "migrate_study": "library",
    "migration_id_for": "ids",
    "run_migration": "library",
}

__all__ = [*_HOMES]

__getattr__ = fetching(__name__, _HOMES)
