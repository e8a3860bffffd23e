"""Calls that a mocking tool lets through: real ones after all, to be recorded or replayed.

Asked beforehand, in the tools' own terms and without their counting it as a call:

* respx: the first route whose pattern matches, and whether it has ``pass_through()``
* pytest-httpx: ``should_mock``; before 0.33, ``non_mocked_hosts``

What can't be known beforehand (a route's side effect that gives the request back) is seen in the answer:
those of a server come with the connection that they came by.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from agentrec_auto.flow.bypass import bypass
from agentrec_auto.interrupts import let_through
from agentrec_auto.seams.fakes import is_a_fakes

Passing = Callable[[], None]
"""Of a call that is let through: tells the tool of it, where it is answered without the tool."""


def routers(module: ModuleType) -> Iterator[Any]:
    """The routers of respx that answer below ``module``: in httpcore for httpx, in httpcore2 for httpx2."""
    mocks = sys.modules.get("respx.mocks")
    if mocks is None:
        return
    core = str(module.HTTPTransport.__module__).partition(".")[0].replace("httpx", "httpcore")
    for mocker in mocks.Mocker.registry.values():
        if mocker.routers and any(target.partition(".")[0] == core for target in mocker.targets):
            yield from mocker.routers


def passing(module: ModuleType, request: Any) -> Passing | None:
    """What to call for a request that the tools at work let through; None for one that they answer.

    Where respx is at work its body was read.
    """
    try:
        if next(routers(module), None) is not None:
            return _past_respx(module, request)
        if hasattr(request.stream, "__iter__"):
            method = module.HTTPTransport.handle_request
        else:
            method = module.AsyncHTTPTransport.handle_async_request
        return _nothing if _is_spared(method, request) else None
    except Exception as error:  # a version of the tool that keeps its books otherwise: it answers, as ever
        let_through(error)
        return None


def went_past(module: ModuleType, response: Any) -> bool:
    """Whether a server gave an answer that a mock was thought to give. A recorder of its own (vcrpy) may."""
    if "network_stream" not in response.extensions:
        return False
    return not any(
        is_a_fakes(method)
        for method in (module.HTTPTransport.handle_request, module.AsyncHTTPTransport.handle_async_request)
    )


def tell(host: str) -> None:
    """Of such an answer, which was not recorded; raises in replay, as `bypass` does."""
    why = "a side effect of the mock made it; what a route lets through by `pass_through()` is recorded"
    bypass("a call that a mock let through", host, why=why)


def _nothing() -> None:
    return None


def _past_respx(module: ModuleType, request: Any) -> Passing | None:
    httpx = sys.modules["httpx"]
    if not isinstance(request, httpx.Request):  # one of httpx2; respx knows httpx's only
        url, head = str(request.url), request.headers.raw
        request = httpx.Request(request.method, url, headers=head, content=request.content)
    for router in routers(module):
        for route in router.routes:
            if route.pattern is None or route.pattern.match(request):
                return _counting(router, route, request) if route.is_pass_through else None
        if not getattr(router, "_assert_all_mocked", True):
            return None
    return None


def _counting(router: Any, route: Any, request: Any) -> Passing:
    return lambda: router.record(request, response=None, route=route)


def _is_spared(method: Any, request: Any) -> bool:
    """Whether pytest-httpx's stand-in for a transport's method would call the real one."""
    names = getattr(getattr(method, "__code__", None), "co_freevars", ())
    held = dict(zip(names, getattr(method, "__closure__", None) or (), strict=False))
    if "options" in held and hasattr(options := held["options"].cell_contents, "should_mock"):
        return not options.should_mock(request)
    return "non_mocked_hosts" in held and request.url.host in held["non_mocked_hosts"].cell_contents
