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
    "install": "agentrec_auto.bootstrap.start",
    "uninstall": "agentrec_auto.bootstrap.start",
}

__all__ = [
    "AgentrecError",
    "CapturedChunk",
    "CapturedInteraction",
    "CapturedRequest",
    "ConfigError",
    "Ending",
    "__version__",
    "install",
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
