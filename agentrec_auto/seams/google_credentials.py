"""Google's default credentials: in replay, a stand-in where there are none.

What speaks to Vertex AI (google-genai, anthropic, litellm, LangChain) asks `google.auth.default` before its
first call. A variable can't stand in for these credentials, as it does for API keys: it would name a file,
and each kind of file has a server asked for a token.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType
from typing import Any

from agentrec_auto.seams.stand_in import TOKEN, is_wanted
from agentrec_auto.seams.wrapping import is_wrapped, unwrap, wrap

_PROJECT_VARIABLES = ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT")
"""Where `google.auth.default` looks, too, in this order."""


def patch(module: ModuleType) -> None:
    """Stand where default credentials are looked for; a second time does nothing."""
    if "default" in vars(module) and not is_wrapped(module, "default"):
        wrap(module, "default", _default)


def unpatch(module: ModuleType) -> None:
    """Stand aside again."""
    unwrap(module, "default")


def _default(wrapped: Any, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What the library finds, where it finds something: the app may speak to other services of Google's."""
    try:
        return wrapped(*args, **kwargs)
    except Exception as error:
        if type(error).__name__ != "DefaultCredentialsError" or not is_wanted():
            raise
        return _stand_in(), next(filter(None, map(os.environ.get, _PROJECT_VARIABLES)), None)


def _stand_in() -> Any:
    base = import_module("google.auth.credentials").Credentials

    def refresh(self: Any, request: Any) -> None:
        self.token = TOKEN

    made = type("ReplayCredentials", (base,), {"refresh": refresh})()
    made.token = TOKEN
    return made
