"""The seam in aiohttp: where a request asks for its connection, and where its response begins.

`BaseConnector.connect` is asked for a connection once for each hop of a request, whatever the session, the
connector, the middlewares and the proxies. On replay it is given one that was never opened
(`aiohttp_played`); when recording, the tap travels on the connection to `ClientResponse.start`, where the
body's reader begins to show it what arrives (`aiohttp_tapped`). Redirects, cookies, timeouts, traces and
exceptions are aiohttp's own in both cases. The two methods are the same in aiohttp 3.8 to 3.14.

aioresponses, vcrpy and others replace `ClientSession._request`, above us: they win without our doing.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from agentrec_auto.forks import loading
from agentrec_auto.seams.wrapping import is_wrapped, unwrap, wrap


def patch(module: ModuleType) -> None:
    """Stand in every session of aiohttp; a second time does nothing."""
    connector, response, handler = _places(module)
    if is_wrapped(connector, "connect"):
        return
    wrap(handler, "set_response_params", _noting)
    wrap(response, "start", _starting)
    wrap(connector, "connect", _connecting)


def unpatch(module: ModuleType) -> None:
    """Stand aside again."""
    connector, response, handler = _places(module)
    unwrap(connector, "connect")
    unwrap(response, "start")
    unwrap(handler, "set_response_params")


def _places(module: ModuleType) -> tuple[Any, Any, Any]:
    from aiohttp.client_proto import ResponseHandler  # here: aiohttp is being imported, and we by its import

    return module.BaseConnector, module.ClientResponse, ResponseHandler


async def _connecting(wrapped: Any, connector: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``connect(req, traces, timeout)``: a connection that was opened, or a played one."""
    with loading:
        from agentrec_auto.seams.aiohttp_exchange import connected  # here: importing aiohttp costs less so

    return await connected(wrapped, connector, args, kwargs)


async def _starting(wrapped: Any, response: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``start(connection)``: the head is there when it returns."""
    connection = args[0] if args else kwargs["connection"]
    tap = connection.__dict__.pop("agentrec_tap", None)
    if tap is None:
        return await wrapped(*args, **kwargs)
    from agentrec_auto.seams.aiohttp_tapped import tapped
    from agentrec_auto.seams.attaching import attaching

    protocol = connection.protocol
    try:
        started = await wrapped(*args, **kwargs)
    except BaseException as error:
        tap.broke(error)
        raise
    with attaching(tap):
        tapped(response, tap, is_decoded=getattr(protocol, "agentrec_decodes", True))
    return started


def _noting(wrapped: Any, protocol: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``set_response_params(…)``: whether the bodies of a connection are decoded is told nowhere else."""
    protocol.agentrec_decodes = kwargs.get("auto_decompress", True)
    return wrapped(*args, **kwargs)
