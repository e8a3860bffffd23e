"""Azure's bearer tokens: in replay, a stand-in where none is given.

Azure OpenAI without a key is asked with what azure-identity's `get_bearer_token_provider` provides, whatever
the credential (`azure_ad_token_provider`). Clients of other services take the credential itself, which stays.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from agentrec_auto.seams.stand_in import TOKEN, is_wanted
from agentrec_auto.seams.wrapping import is_wrapped, unwrap, wrap

_NAME = "get_bearer_token_provider"


def patch(module: ModuleType) -> None:
    """Stand where providers are made, in ``azure.identity`` or ``azure.identity.aio``; before 1.15 there are
    none."""
    if _NAME in vars(module) and not is_wrapped(module, _NAME):
        wrap(module, _NAME, _making_async if module.__name__.endswith(".aio") else _making)


def unpatch(module: ModuleType) -> None:
    """Stand aside again."""
    unwrap(module, _NAME)


def _making(wrapped: Any, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    provide, refused = wrapped(*args, **kwargs), _Refused()

    def provided() -> Any:
        try:
            return TOKEN if refused else provide()
        except Exception as error:
            return refused.by(error)

    return provided


def _making_async(wrapped: Any, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    provide, refused = wrapped(*args, **kwargs), _Refused()

    async def provided() -> Any:
        try:
            return TOKEN if refused else await provide()
        except Exception as error:
            return refused.by(error)

    return provided


class _Refused:
    """Whether a provider had no token to give: then it isn't asked again, for asking takes seconds."""

    def __init__(self) -> None:
        self._is_refused = False

    def __bool__(self) -> bool:
        return self._is_refused

    def by(self, error: Exception) -> str:
        """The stand-in for a token that ``error`` came instead of; raises what isn't Azure's to say."""
        if not (is_wanted() and isinstance(error, import_module("azure.core.exceptions").AzureError)):
            raise error
        self._is_refused = True
        return TOKEN
