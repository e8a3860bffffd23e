"""In-process fakes win over us, in every mode: a test that fakes its transport must go on as it was.

Told by what they are, or by what they do to the library while they are active:

* MockTransport, ASGITransport, WSGITransport; starlette's ``_TestClientTransport``; respx's ``TryTransport``
* pytest-httpx replaces ``HTTPTransport.handle_request`` for the length of a test (it has no
  ``__wrapped__``, as OpenTelemetry's and other tools' wrappers have)
* respx keeps the routers that are active in ``respx.mocks.Mocker.registry``
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

_NAMES = frozenset({"_TestClientTransport", "_AsyncTestClientTransport", "TryTransport"})
_METHODS = (("HTTPTransport", "handle_request"), ("AsyncHTTPTransport", "handle_async_request"))

_originals: dict[tuple[str, str], Any] = {}

intercepted = False
"""Whether fakes are intercepted all the same (``fakes = true``)."""


def remember_originals(module: ModuleType) -> None:
    """Note the methods of the real transports, to see later whether somebody put another in their place."""
    for owner, name in _METHODS:
        _originals[module.__name__, owner] = _method(module, owner, name)


def is_fake(transport: Any, module: ModuleType) -> bool:
    """Whether ``transport`` stays in this process, or a mocking tool is active for ``module``."""
    if intercepted:
        return False
    fakes = (module.MockTransport, module.ASGITransport, module.WSGITransport)
    if isinstance(transport, fakes) or type(transport).__name__ in _NAMES:
        return True
    return _is_replaced(module) or _respx_is_active()


def _is_replaced(module: ModuleType) -> bool:
    for owner, name in _METHODS:
        now = _method(module, owner, name)
        if now is not _originals.get((module.__name__, owner)) and not hasattr(now, "__wrapped__"):
            return True
    return False


def _respx_is_active() -> bool:
    mocks = sys.modules.get("respx.mocks")
    if mocks is None:
        return False
    return any(mocker.routers for mocker in mocks.Mocker.registry.values())


def _method(module: ModuleType, owner: str, name: str) -> Any:
    return vars(getattr(module, owner)).get(name)
