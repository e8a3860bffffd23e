"""Record what an app says to LLM APIs and replay it offline, without touching the app's code.

Importing this package loads nothing else: each public name is fetched from its home on first use
(PEP 562), because the package may be imported by every Python process under ``agentrec run``.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:  # for type checkers; nothing is loaded
    from agentrec_auto.bootstrap.start import install as install
    from agentrec_auto.bootstrap.start import uninstall as uninstall
    from agentrec_auto.capture import CapturedChunk as CapturedChunk
    from agentrec_auto.capture import CapturedInteraction as CapturedInteraction
    from agentrec_auto.capture import CapturedRequest as CapturedRequest
    from agentrec_auto.capture import Ending as Ending
    from agentrec_auto.comparators import Comparator as Comparator
    from agentrec_auto.comparators import ComparisonResult as ComparisonResult
    from agentrec_auto.comparators import EmbeddingComparator as EmbeddingComparator
    from agentrec_auto.comparators import ExactMatchComparator as ExactMatchComparator
    from agentrec_auto.comparators import FuzzyComparator as FuzzyComparator
    from agentrec_auto.comparators import JsonComparator as JsonComparator
    from agentrec_auto.comparators import JudgeComparator as JudgeComparator
    from agentrec_auto.comparators import Scorer as Scorer
    from agentrec_auto.comparators import ToolCallsComparator as ToolCallsComparator
    from agentrec_auto.comparators import build_comparators as build_comparators
    from agentrec_auto.errors import AgentrecError as AgentrecError
    from agentrec_auto.errors import ConfigError as ConfigError
    from agentrec_auto.errors import DecodeError as DecodeError
    from agentrec_auto.errors import MissError as MissError
    from agentrec_auto.errors import MissingAPIKeyError as MissingAPIKeyError
    from agentrec_auto.errors import UnsupportedRequestError as UnsupportedRequestError
    from agentrec_auto.keying.cassette_id import Fingerprint as Fingerprint
    from agentrec_auto.keying.cassette_id import default_key as default_key
    from agentrec_auto.keying.cassette_id import fingerprint as fingerprint
    from agentrec_auto.keying.cassette_id import fingerprint_of as fingerprint_of
    from agentrec_auto.migration import CategoryBreakdown as CategoryBreakdown
    from agentrec_auto.migration import MigrationReport as MigrationReport
    from agentrec_auto.migration import RowResult as RowResult
    from agentrec_auto.migration import TokenTotals as TokenTotals
    from agentrec_auto.migration import annotate_corpus as annotate_corpus
    from agentrec_auto.migration import migrate_study as migrate_study
    from agentrec_auto.migration import migration_id_for as migration_id_for
    from agentrec_auto.migration import run_migration as run_migration
    from agentrec_auto.providers import Conversation as Conversation
    from agentrec_auto.providers import DecodedResponse as DecodedResponse
    from agentrec_auto.providers import ProviderAdapter as ProviderAdapter
    from agentrec_auto.providers import conversation_of as conversation_of
    from agentrec_auto.providers import decode_interaction as decode_interaction
    from agentrec_auto.report import default_report_basename as default_report_basename
    from agentrec_auto.report import render_console as render_console
    from agentrec_auto.report import render_html as render_html
    from agentrec_auto.report import render_markdown as render_markdown
    from agentrec_auto.session import DynamicTransport as DynamicTransport
    from agentrec_auto.session import SyncDynamicTransport as SyncDynamicTransport
    from agentrec_auto.session import async_client as async_client
    from agentrec_auto.session import cassette as cassette
    from agentrec_auto.session import sync_client as sync_client
    from agentrec_auto.store import FileStore as FileStore
    from agentrec_auto.store import InMemoryStore as InMemoryStore
    from agentrec_auto.store import InteractionStore as InteractionStore
    from agentrec_auto.store import open_store as open_store
    from agentrec_auto.transport import AutoTransport as AutoTransport
    from agentrec_auto.transport import RecordingTransport as RecordingTransport
    from agentrec_auto.transport import ReplayTransport as ReplayTransport
    from agentrec_auto.transport import SyncAutoTransport as SyncAutoTransport
    from agentrec_auto.transport import SyncRecordingTransport as SyncRecordingTransport
    from agentrec_auto.transport import SyncReplayTransport as SyncReplayTransport

_HOMES = {
    "CapturedChunk": "agentrec_auto.capture",
    "CapturedInteraction": "agentrec_auto.capture",
    "CapturedRequest": "agentrec_auto.capture",
    "Ending": "agentrec_auto.capture",
    "AgentrecError": "agentrec_auto.errors",
    "ConfigError": "agentrec_auto.errors",
    "DecodeError": "agentrec_auto.errors",
    "MissingAPIKeyError": "agentrec_auto.errors",
    "UnsupportedRequestError": "agentrec_auto.errors",
    "MissError": "agentrec_auto.errors",
    "install": "agentrec_auto.bootstrap.start",
    "uninstall": "agentrec_auto.bootstrap.start",
    "Fingerprint": "agentrec_auto.keying.cassette_id",
    "default_key": "agentrec_auto.keying.cassette_id",
    "fingerprint": "agentrec_auto.keying.cassette_id",
    "fingerprint_of": "agentrec_auto.keying.cassette_id",
    "Comparator": "agentrec_auto.comparators",
    "ComparisonResult": "agentrec_auto.comparators",
    "EmbeddingComparator": "agentrec_auto.comparators",
    "ExactMatchComparator": "agentrec_auto.comparators",
    "FuzzyComparator": "agentrec_auto.comparators",
    "JsonComparator": "agentrec_auto.comparators",
    "JudgeComparator": "agentrec_auto.comparators",
    "Scorer": "agentrec_auto.comparators",
    "ToolCallsComparator": "agentrec_auto.comparators",
    "build_comparators": "agentrec_auto.comparators",
    "CategoryBreakdown": "agentrec_auto.migration",
    "TokenTotals": "agentrec_auto.migration",
    "MigrationReport": "agentrec_auto.migration",
    "RowResult": "agentrec_auto.migration",
    "annotate_corpus": "agentrec_auto.migration",
    "migrate_study": "agentrec_auto.migration",
    "migration_id_for": "agentrec_auto.migration",
    "run_migration": "agentrec_auto.migration",
    "Conversation": "agentrec_auto.providers",
    "DecodedResponse": "agentrec_auto.providers",
    "ProviderAdapter": "agentrec_auto.providers",
    "conversation_of": "agentrec_auto.providers",
    "decode_interaction": "agentrec_auto.providers",
    "FileStore": "agentrec_auto.store",
    "InMemoryStore": "agentrec_auto.store",
    "InteractionStore": "agentrec_auto.store",
    "open_store": "agentrec_auto.store",
    "AutoTransport": "agentrec_auto.transport",
    "RecordingTransport": "agentrec_auto.transport",
    "ReplayTransport": "agentrec_auto.transport",
    "SyncAutoTransport": "agentrec_auto.transport",
    "SyncRecordingTransport": "agentrec_auto.transport",
    "SyncReplayTransport": "agentrec_auto.transport",
    "DynamicTransport": "agentrec_auto.session",
    "SyncDynamicTransport": "agentrec_auto.session",
    "async_client": "agentrec_auto.session",
    "cassette": "agentrec_auto.session",
    "sync_client": "agentrec_auto.session",
    "default_report_basename": "agentrec_auto.report",
    "render_console": "agentrec_auto.report",
    "render_html": "agentrec_auto.report",
    "render_markdown": "agentrec_auto.report",
}

_ROOMS = frozenset(
    (
        *("capture", "cli", "comparators", "errors", "importers", "keying", "migration"),
        *("pricing", "providers", "report", "session", "store", "transport"),
    )
)
"""Modules that programs reach as attributes, without importing them."""

__all__ = [
    "AgentrecError",
    "AutoTransport",
    "CapturedChunk",
    "CapturedInteraction",
    "CapturedRequest",
    "CategoryBreakdown",
    "Comparator",
    "ComparisonResult",
    "ConfigError",
    "Conversation",
    "DecodeError",
    "DecodedResponse",
    "DynamicTransport",
    "EmbeddingComparator",
    "Ending",
    "ExactMatchComparator",
    "FileStore",
    "Fingerprint",
    "FuzzyComparator",
    "InMemoryStore",
    "InteractionStore",
    "JsonComparator",
    "JudgeComparator",
    "MigrationReport",
    "MissError",
    "MissingAPIKeyError",
    "ProviderAdapter",
    "RecordingTransport",
    "ReplayTransport",
    "RowResult",
    "Scorer",
    "SyncAutoTransport",
    "SyncDynamicTransport",
    "SyncRecordingTransport",
    "SyncReplayTransport",
    "TokenTotals",
    "ToolCallsComparator",
    "UnsupportedRequestError",
    "__version__",
    "annotate_corpus",
    "async_client",
    "build_comparators",
    "cassette",
    "conversation_of",
    "decode_interaction",
    "default_key",
    "default_report_basename",
    "fingerprint",
    "fingerprint_of",
    "install",
    "migrate_study",
    "migration_id_for",
    "open_store",
    "render_console",
    "render_html",
    "render_markdown",
    "run_migration",
    "sync_client",
    "uninstall",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None and name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # here: importing the package must load nothing

    if home is None:
        return import_module(f"{__name__}.{name}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
