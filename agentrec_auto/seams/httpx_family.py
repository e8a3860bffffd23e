"""The seam in httpx and httpx2: ``Client._transport_for_url`` and ``AsyncClient._transport_for_url``.

Every request a client sends asks that method, once, which transport is to carry it; we answer with an
interposed transport around the one it names. So clients made before us, reassigned transports, mounts,
proxies and transports that stand on other libraries are all caught, and the client itself does everything
else (timings, cookies, redirects, hooks, exceptions), so that a replayed response is a response like any
other. The method is the same in httpx 0.23 to 0.28 and httpx2 2.0 to 2.16.

The two libraries are twins whose objects don't mix: an httpx2 client refuses an httpx response by a bare
AssertionError. So the classes below are made once for each, from the module at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from agentrec_auto.forks import loading
from agentrec_auto.seams.httpx_fakes import Fakes, tried
from agentrec_auto.seams.wrapping import is_wrapped, unwrap, wrap, wrap_inherited

METHOD = "_transport_for_url"
_BIRTH = "__init_subclass__"


def patch(module: ModuleType) -> None:
    """Interpose in every client of ``module`` (httpx or httpx2); a second time does nothing."""
    if is_wrapped(module.Client, METHOD):
        return
    for client, kind in ((module.Client, "Transport"), (module.AsyncClient, "AsyncTransport")):
        answering = _answering(module, kind)
        wrap(client, METHOD, answering)
        _wrap_overriding(client, answering)


def unpatch(module: ModuleType) -> None:
    """Stand aside again."""
    for client in (module.Client, module.AsyncClient):
        unwrap(client, METHOD)
        unwrap(client, _BIRTH)
        if isinstance(vars(client).get(_BIRTH), _Born):
            delattr(client, _BIRTH)
        for kind in _below(client):
            unwrap(kind, METHOD)


def _wrap_overriding(client: Any, answering: Any) -> None:
    """The same for subclasses with a method of their own, which need not call the library's: those that are
    there, and those to come."""

    def born(wrapped: Any, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        wrapped(*args, **kwargs)
        _wrap_own(instance, answering)

    for kind in _below(client):
        _wrap_own(kind, answering)
    if _BIRTH not in vars(client):
        setattr(client, _BIRTH, _Born(lambda cls, **named: super(client, cls).__init_subclass__(**named)))
    wrap(client, _BIRTH, born)


class _Born(classmethod):  # type: ignore[type-arg]
    """What a library that does nothing there has for `_BIRTH`."""


def _wrap_own(kind: type, answering: Any) -> None:
    owner = next(base for base in kind.__mro__ if METHOD in vars(base))
    if not is_wrapped(owner, METHOD):
        wrap_inherited(kind, METHOD, answering)


def _below(client: type) -> Iterator[type]:
    kind: type
    for kind in client.__subclasses__():
        yield kind
        yield from _below(kind)


def _answering(module: ModuleType, kind: str) -> Any:
    interposed: Any = None
    sparing: Any = None
    fakes = Fakes(module)

    def transport_for_url(wrapped: Any, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        nonlocal interposed, sparing
        # respx (``using="httpx"``) takes the class attribute and calls it with the client as an argument:
        # ``instance`` is None then, and ``wrapped`` takes what we were given.
        transport = wrapped(*args, **kwargs)
        if interposed is None:
            with loading:
                from agentrec_auto.seams.httpx_transports import family_of  # here: it takes 10 ms

                family = family_of(module)
                sparing = getattr(family, f"Sparing{kind}")
                interposed = getattr(family, kind)
        return placed(transport)

    def placed(transport: Any) -> Any:
        # An explicit transport that has a scope, or is one, answers for the call by itself.
        if isinstance(transport, interposed) or getattr(transport, "agentrec_takes_over", False):
            return transport
        if fakes.are_at_work(transport):
            from agentrec_auto.seams.deciding import wants_fakes

            if not wants_fakes():
                if tries := tried(transport):  # made for this call alone; the last is the real one
                    tries[-1] = placed(tries[-1])
                return transport if fakes.stays(transport) else sparing(transport)
        return interposed(transport)

    return transport_for_url
