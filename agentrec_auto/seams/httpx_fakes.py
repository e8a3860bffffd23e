"""In-process fakes win over us, in every mode: a test that fakes its transport must go on as it was.

Told by what they are, or by what they do to the library while they are active:

* MockTransport, ASGITransport, WSGITransport; starlette's ``_TestClientTransport``; respx's ``TryTransport``
* pytest-httpx puts a function of its own in the place of ``HTTPTransport.handle_request`` for the length
  of a test; OpenTelemetry's and other tools' wrappers there say that they wrap the library's own
* respx, and pytest-httpx2 with it, keeps the routers that are active in ``respx.mocks.Mocker.registry``
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

_NAMES = frozenset({"_TestClientTransport", "_AsyncTestClientTransport", "TryTransport"})
_METHODS = (("HTTPTransport", "handle_request"), ("AsyncHTTPTransport", "handle_async_request"))

seen: set[str] = set()
"""Libraries of which a call went to a fake: "no LLM call was seen" is no alarm then."""


def is_fake(transport: Any, module: ModuleType) -> bool:
    """Whether ``transport`` stays in this process, or a mocking tool is active for ``module``."""
    fakes = (module.MockTransport, module.ASGITransport, module.WSGITransport)
    is_one = isinstance(transport, fakes) or type(transport).__name__ in _NAMES
    if is_one or _is_replaced(module) or _respx_is_active():
        seen.add(module.__name__)
        return True
    return False


def _is_replaced(module: ModuleType) -> bool:
    for owner, name in _METHODS:
        transport = getattr(module, owner)
        method = vars(transport).get(name)
        # Told by the module that defines it, which wrappers take over from what they wrap.
        if _package(method) != _package(transport) and not hasattr(method, "__wrapped__"):
            return True
    return False


def _package(thing: Any) -> str:
    return str(getattr(thing, "__module__", "")).partition(".")[0]


def _respx_is_active() -> bool:
    mocks = sys.modules.get("respx.mocks")
    if mocks is None:
        return False
    return any(mocker.routers for mocker in mocks.Mocker.registry.values())
