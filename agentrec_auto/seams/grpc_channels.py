"""The seam in grpc: nothing is recorded, but a call to an LLM host is told, and refused in replay.

gRPC opens its connections in C, where no audit hook sees them, and its messages are typed by code that only
the caller has: vertexai and google-generativeai by default, and xai-sdk. Both Google SDKs also speak REST.
A channel to an LLM host is given an interceptor, so that it is the call that is told, not the channel.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from agentrec_auto.flow.bypass import bypass
from agentrec_auto.providers.hosts import is_llm_host
from agentrec_auto.seams.wrapping import is_wrapped, unwrap, wrap

_FUNCTIONS = ("secure_channel", "insecure_channel")
_KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")


def patch(module: ModuleType) -> None:
    """Stand where channels are made, sync and async; a second time does nothing."""
    for name in _FUNCTIONS:
        if not is_wrapped(module, name):
            wrap(module, name, _making(module))
            wrap(module.aio, name, _making_async(module))


def unpatch(module: ModuleType) -> None:
    """Stand aside again."""
    for name in _FUNCTIONS:
        unwrap(module, name)
        unwrap(module.aio, name)


def _making(grpc: Any) -> Any:
    def channel(wrapped: Any, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        made = wrapped(*args, **kwargs)
        host = _host(args[0] if args else kwargs.get("target"))
        return grpc.intercept_channel(made, *_told(grpc, host)) if is_llm_host(host) else made

    return channel


def _making_async(grpc: Any) -> Any:
    def channel(wrapped: Any, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        host = _host(args[0] if args else kwargs.get("target"))
        if is_llm_host(host):
            kwargs = {**kwargs, "interceptors": [*_told(grpc.aio, host), *(kwargs.get("interceptors") or ())]}
        return wrapped(*args, **kwargs)

    return channel


def _told(module: Any, host: str) -> list[Any]:
    """An interceptor for each kind of call. They may be awaited or not: they give what they are given."""

    def intercept(self: Any, continuation: Any, details: Any, request: Any) -> Any:
        bypass("a gRPC call", host)
        return continuation(details, request)

    async def intercept_async(self: Any, continuation: Any, details: Any, request: Any) -> Any:
        bypass("a gRPC call", host)
        return await continuation(details, request)

    method = intercept_async if module.__name__.endswith("aio") else intercept
    made = []
    for kind in _KINDS:
        base = getattr(module, "".join(word.title() for word in kind.split("_")) + "ClientInterceptor")
        made.append(type("Told", (base,), {f"intercept_{kind}": method})())
    return made


def _host(target: Any) -> str:
    """The host of a target: ``host:443``, ``dns:///host:443``, ``dns://resolver/host``."""
    name = str(target).rpartition("/")[2]
    return (name.rpartition(":")[0] or name).lower()
