"""How alike two answers are: one comparator a file. The names below are fetched on first use.

base          what is compared, and what comes of it
table         every comparator by its name            spec       a list of them, as people write it
exact · fuzzy · patterns    by the texts: `texts` says what an answer's text is
json_fields   by the leaves of JSON: `json_found` finds it in an answer, `differing` compares it
toolcalls     by the tools that are called
embedding · judge    by another model: `asking` says how it is asked, `over_http` asks, `verdict` has
              what the judge is told and says
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentrec_auto.lazily import fetching

if TYPE_CHECKING:
    from agentrec_auto.comparators.asking import Asker as Asker
    from agentrec_auto.comparators.asking import Embedder as Embedder
    from agentrec_auto.comparators.asking import Reply as Reply
    from agentrec_auto.comparators.base import Comparator as Comparator
    from agentrec_auto.comparators.base import ComparisonResult as ComparisonResult
    from agentrec_auto.comparators.base import Pair as Pair
    from agentrec_auto.comparators.base import Scorer as Scorer
    from agentrec_auto.comparators.base import Side as Side
    from agentrec_auto.comparators.embedding import EmbeddingComparator as EmbeddingComparator
    from agentrec_auto.comparators.embedding import cosine_similarity as cosine_similarity
    from agentrec_auto.comparators.exact import ExactMatchComparator as ExactMatchComparator
    from agentrec_auto.comparators.fuzzy import FuzzyComparator as FuzzyComparator
    from agentrec_auto.comparators.json_fields import JsonComparator as JsonComparator
    from agentrec_auto.comparators.judge import JudgeComparator as JudgeComparator
    from agentrec_auto.comparators.patterns import ContainsComparator as ContainsComparator
    from agentrec_auto.comparators.patterns import RegexComparator as RegexComparator
    from agentrec_auto.comparators.table import build_comparators as build_comparators
    from agentrec_auto.comparators.toolcalls import ToolCallsComparator as ToolCallsComparator

_HOMES = {
    "Asker": "asking",
    "Comparator": "base",
    "ComparisonResult": "base",
    "ContainsComparator": "patterns",
    "Embedder": "asking",
    "EmbeddingComparator": "embedding",
    "ExactMatchComparator": "exact",
    "FuzzyComparator": "fuzzy",
    "JsonComparator": "json_fields",
    "JudgeComparator": "judge",
    "Pair": "base",
    "RegexComparator": "patterns",
    "Reply": "asking",
    "Scorer": "base",
    "Side": "base",
    "ToolCallsComparator": "toolcalls",
    "build_comparators": "table",
    "cosine_similarity": "embedding",
}

__all__ = [*_HOMES]

__getattr__ = fetching(__name__, _HOMES)
