"""Would another model break my prompts, and what would it cost? Every recorded question, asked again.

    report = await run_migration(FileStore("corpus"), "claude-haiku-4-5", [ExactMatchComparator()])

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
