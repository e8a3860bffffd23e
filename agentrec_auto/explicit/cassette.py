"""The cassette: a scope in which calls are recorded or replayed.

It holds for whatever client of ours a call is made with, of httpx or httpx2, sync or async. Each entering is
a run of its own: in auto mode, what it recorded itself isn't replayed to it. Takes are counted over the life
of the cassette, so that a decorated function that is called thrice has three takes.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import Any, TypeVar, cast

from agentrec_auto.explicit.bridge import waited
from agentrec_auto.explicit.desk import AnyStore, Desk, settle
from agentrec_auto.explicit.scope import ExtraMetadata, KeyLike, Scope, around, enter, leave, within
from agentrec_auto.explicit.threads import inherit

MODES = ("auto", "record", "replay")

F = TypeVar("F", bound=Callable[..., Any])


class cassette:
    """Records or replays the calls made in its scope.

    A context manager (``with`` and ``async with``) and a decorator of functions, coroutine functions and
    generators of both kinds; one object may be entered again while it is on, and by several tasks and
    threads at once.

    ``store``: an `InteractionStore`, or where one is (``"corpus"``, ``"sqlite:///corpus.db"``). ``mode``:
    ``auto``, ``record`` or ``replay``. ``id`` keeps all calls under one id, ``key`` is a function of the
    request that gives it; without either it is the request's `default_key`. ``simulate_timing`` replays at
    the recorded pace. ``metadata``, or what it returns for a request, is stored with each recording;
    ``{"category": …}`` groups them in migration reports.
    """

    def __init__(
        self,
        store: AnyStore,
        *,
        mode: str = "auto",
        id: str | None = None,
        key: KeyLike = None,
        simulate_timing: bool = False,
        metadata: ExtraMetadata = None,
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"unknown mode {mode!r}: expected {', '.join(MODES)}")
        if id is not None and key is not None:
            raise ValueError("id and key both name recordings: give one of them")
        self._key = key if id is None else id
        self._metadata = metadata
        self._desk = Desk(store, mode=mode, simulate_timing=simulate_timing)
        self._run = os.urandom(8).hex()
        self._entered: list[Scope] = []

    def __enter__(self) -> cassette:
        self._entered.append(enter(self._scope(), everywhere=True))
        return self

    def __exit__(self, *error: object) -> None:
        self._leave()
        self._over()

    async def __aenter__(self) -> cassette:
        self._entered.append(enter(self._scope(), everywhere=False))
        return self

    async def __aexit__(self, *error: object) -> None:
        self._leave()
        await self._over_async()

    def __call__(self, fn: F) -> F:
        """The function, each call of it in the scope."""
        if inspect.iscoroutinefunction(fn):
            scoped: Any = self._coroutine
        elif inspect.isasyncgenfunction(fn):
            scoped = self._async_generator
        elif inspect.isgeneratorfunction(fn):
            scoped = self._generator
        else:
            scoped = self._plain
        return cast(F, functools.wraps(fn)(scoped(fn)))

    def _coroutine(self, function: Callable[..., Awaitable[Any]]) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self._awaited(self._scope(), function(*args, **kwargs))

        return call

    def _plain(self, function: Callable[..., Any]) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            scope = self._scope()
            try:
                with within(scope):
                    result = function(*args, **kwargs)
            except BaseException:
                self._over(scope)
                raise
            if inspect.isawaitable(result):  # a coroutine function that doesn't look like one
                return self._awaited(scope, result)
            self._over(scope)
            return result

        return call

    def _generator(self, function: Callable[..., Iterator[Any]]) -> Any:
        def call(*args: Any, **kwargs: Any) -> Generator[Any, None, Any]:
            scope = self._scope()
            items = function(*args, **kwargs)
            try:
                while True:
                    with within(scope):  # each step, and not what the caller does between them
                        try:
                            item = next(items)
                        except StopIteration as stop:
                            return stop.value
                    yield item
            finally:
                with within(scope):
                    items.close()  # type: ignore[attr-defined]
                self._over(scope)

        return call

    def _async_generator(self, function: Callable[..., AsyncIterator[Any]]) -> Any:
        async def call(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            scope = self._scope()
            items = function(*args, **kwargs)
            try:
                while True:
                    with within(scope):
                        try:
                            item = await items.__anext__()
                        except StopAsyncIteration:
                            return
                    yield item
            finally:
                with within(scope):
                    await items.aclose()  # type: ignore[attr-defined]
                await self._over_async(scope)

        return call

    async def _awaited(self, scope: Scope, result: Awaitable[Any]) -> Any:
        try:
            with within(scope):
                return await result
        finally:
            await self._over_async(scope)

    def _scope(self) -> Scope:
        inherit()
        mode = self._desk.settings.mode
        # What one entering has recorded may be replayed to the next, but in record mode all add to one run.
        run = self._run if mode == "record" else os.urandom(8).hex()
        return Scope(self._desk.recorder(run), self._key, self._metadata)

    def _leave(self) -> None:
        mine = [scope for scope in around() if scope in self._entered]
        scope = mine[0] if mine else self._entered[-1]  # left in another context than it was entered in
        self._entered.remove(scope)
        leave(scope)

    def _over(self, scope: Scope | None = None) -> None:
        """A scope has ended: what is still to be kept is kept."""
        if scope is not None:
            scope.is_on = False
        settle()
        mirror = self._desk.mirror
        if mirror is not None and mirror.is_behind:
            waited(mirror.flush())

    async def _over_async(self, scope: Scope | None = None) -> None:
        if scope is not None:
            scope.is_on = False
        settle()
        if self._desk.mirror is not None:
            await self._desk.mirror.flush()
