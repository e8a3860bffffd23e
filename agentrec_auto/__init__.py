"""Record what an app says to LLM APIs and replay it offline, without touching the app's code.

Importing this package loads nothing else: each public name is fetched from its home on first use
(PEP 562), because the package may be imported by every Python process under ``agentrec run``.
"""

__version__ = "0.1.0"

_HOMES = {
    "CapturedChunk": "agentrec_auto.capture",
    "CapturedInteraction": "agentrec_auto.capture",
    "CapturedRequest": "agentrec_auto.capture",
    "Ending": "agentrec_auto.capture",
    "AgentrecError": "agentrec_auto.errors",
    "ConfigError": "agentrec_auto.errors",
    "MissError": "agentrec_auto.errors",
    "install": "agentrec_auto.bootstrap.start",
    "uninstall": "agentrec_auto.bootstrap.start",
    "Fingerprint": "agentrec_auto.keying",
    "default_key": "agentrec_auto.keying",
    "fingerprint": "agentrec_auto.keying",
    "fingerprint_of": "agentrec_auto.keying",
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
}

__all__ = [
    "AgentrecError",
    "AutoTransport",
    "CapturedChunk",
    "CapturedInteraction",
    "CapturedRequest",
    "ConfigError",
    "DynamicTransport",
    "Ending",
    "FileStore",
    "Fingerprint",
    "InMemoryStore",
    "InteractionStore",
    "MissError",
    "RecordingTransport",
    "ReplayTransport",
    "SyncAutoTransport",
    "SyncDynamicTransport",
    "SyncRecordingTransport",
    "SyncReplayTransport",
    "__version__",
    "async_client",
    "cassette",
    "default_key",
    "fingerprint",
    "fingerprint_of",
    "install",
    "open_store",
    "sync_client",
    "uninstall",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # here: importing the package must load nothing

    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
