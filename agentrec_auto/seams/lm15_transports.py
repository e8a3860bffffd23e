"""The seam in lm15, DSPy's own HTTP client on bare sockets: its two transports.

`StdlibTransport.stream` and `StdlibAsyncTransport._do_stream` answer each request, whatever stands above.
DSPy (3.4 and later) brings a copy of lm15 with it; the same code serves both. An answer is an object with a
head and an iterator over its body, so that one wrapper of that iterator does for sync and async.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from agentrec_auto.flow import active
from agentrec_auto.forks import loading
from agentrec_auto.seams.wrapping import is_wrapped, unwrap, wrap

_PLACES = (("StdlibTransport", "stream"), ("StdlibAsyncTransport", "_do_stream"))


def patch(module: ModuleType) -> None:
    """Stand in the transport that ``module`` defines; a second time does nothing."""
    transport, name = _place(module)
    if not is_wrapped(transport, name):
        wrap(transport, name, _sync(module) if name == "stream" else _async(module))


def unpatch(module: ModuleType) -> None:
    """Stand aside again."""
    unwrap(*_place(module))


def _place(module: ModuleType) -> tuple[Any, str]:
    for transport, name in _PLACES:
        if hasattr(module, transport):
            return getattr(module, transport), name
    raise AttributeError(f"{module.__name__} has no transport that is known, in this version")


def _sync(module: ModuleType) -> Any:
    def stream(wrapped: Any, transport: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with loading:
            from agentrec_auto.seams import lm15_exchange as exchange  # here: importing lm15 costs less so

        call = exchange.Call(module, args[0] if args else kwargs["request"])
        answer = call.answer(exchange.played)
        if answer is not None:
            return answer
        was = call.going_out()
        try:
            active.inside.set(True)
            response = wrapped(*args, **kwargs)
        except BaseException as error:
            call.broke_off(error)
            raise
        finally:
            active.inside.set(was)
        return call.tapped(response, exchange.Tapped, exchange.releasing)

    return stream


def _async(module: ModuleType) -> Any:
    async def stream(wrapped: Any, transport: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with loading:
            from agentrec_auto.seams import lm15_exchange as exchange

        call = exchange.Call(module, args[0] if args else kwargs["request"])
        answer = call.answer(exchange.played_async)
        if answer is not None:
            return answer
        was = call.going_out()
        try:
            active.inside.set(True)
            response = await wrapped(*args, **kwargs)
        except BaseException as error:
            call.broke_off(error)
            raise
        finally:
            active.inside.set(was)
        return call.tapped(response, exchange.AsyncTapped, exchange.releasing_async)

    return stream
