"""The seam in the standard library's `urllib.request`: `AbstractHTTPHandler.do_open`.

Every HTTP request of an opener passes it, once for each hop, and gets a `http.client.HTTPResponse`.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from agentrec_auto.forks import loading
from agentrec_auto.seams.wrapping import is_wrapped, unwrap, wrap


def patch(module: ModuleType) -> None:
    """Stand in every opener; a second time does nothing."""
    if not is_wrapped(module.AbstractHTTPHandler, "do_open"):
        wrap(module.AbstractHTTPHandler, "do_open", _opening)


def unpatch(module: ModuleType) -> None:
    """Stand aside again."""
    unwrap(module.AbstractHTTPHandler, "do_open")


def _opening(wrapped: Any, handler: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    with loading:
        from agentrec_auto.seams.urllib_exchange import opened  # here: importing urllib.request costs less so

    return opened(wrapped, *args, **kwargs)
