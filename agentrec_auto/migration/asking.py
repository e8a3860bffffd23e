"""One question put to a target over the network, and its answer, redacted and whole, or why there is none.

The call goes through our own recording transport into a staging place in memory. Only an answer that was
read to its end and understood leaves it for the corpus: a process killed at any moment leaves no half answer
there, and no failure is ever kept.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx

from agentrec_auto.capture import CapturedInteraction, Ending
from agentrec_auto.migration.limits import Gate, Limits, Pace
from agentrec_auto.migration.retrying import (
    CallFailedError,
    PassingError,
    asked_wait,
    passes,
    retrying,
    says_to_try_again,
)
from agentrec_auto.providers import registry
from agentrec_auto.providers.conversation import Answer
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.store.interaction import StandingStore
from agentrec_auto.store.memory import MemoryStore
from agentrec_auto.transport import RecordingTransport

_SHOWN = 200
_NO_MONEY = "--max-cost leaves nothing for another attempt"
_ID, _SAID = "agentrec_migration_id", "agentrec_migration_metadata"


class Line:
    """The line to one target: one client, one pace."""

    def __init__(
        self, limits: Limits, redactor: Redactor, inner: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._limits = limits
        self._staging = StandingStore(MemoryStore(), redactor)
        self._inner = inner
        self._client: httpx.AsyncClient | None = None
        self._gate = Gate(limits.concurrency)
        self._requests = Pace(limits.rpm)
        self._tokens = Pace(limits.tpm)
        self._is_closing = False

    async def ask(
        self,
        migration_id: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        said: Mapping[str, Any],
        notes: list[str],
        tokens: int,
        pay_again: Callable[[], Awaitable[bool]] | None = None,
    ) -> tuple[CapturedInteraction, Answer]:
        """The recorded answer; `CallFailedError` where there is none.

        ``said`` goes into its metadata, ``notes`` is told of retries, ``tokens`` is what it may take at most.
        ``pay_again`` is asked before another attempt whether there is money for it, where the last may have
        cost some.
        """
        tries = 0
        unpaid: CallFailedError | None = None
        async for attempt in retrying(self._limits.retries, notes, self._wait):
            with attempt:
                if unpaid is not None and pay_again is not None and not await pay_again():
                    raise CallFailedError(f"{unpaid}; {_NO_MONEY}")
                tries, unpaid = tries + 1, None
                async with self._gate.passed(again=tries > 1):
                    await self._requests.wait()
                    await self._tokens.wait(tokens)
                    if self._is_closing:
                        raise CallFailedError("not asked")
                    try:
                        found = await self._once(migration_id, url, headers, body, said)
                    except CallFailedError as error:
                        unpaid = error if error.is_billed else None
                        raise
                    self._gate.answered()
                    return found
        raise AssertionError("a last attempt gives an answer or raises")

    def let_no_more_out(self) -> None:
        """Make no more calls; those under way go on."""
        self._is_closing = True

    async def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.aclose()

    def _wait(self, error: PassingError, seconds: float) -> None:
        if error.is_busy:
            self._gate.refused(seconds)

    async def _once(
        self, migration_id: str, url: str, headers: Mapping[str, str], body: bytes, said: Mapping[str, Any]
    ) -> tuple[CapturedInteraction, Answer]:
        client = self._opened(url)
        extensions = {_ID: migration_id, _SAID: said}
        is_answered = False
        try:
            request = client.build_request(
                "POST", url, headers=dict(headers), content=body, extensions=extensions
            )
            response = await client.send(request, stream=True)
            is_answered = response.is_success
            try:
                await response.aread()
            finally:
                await response.aclose()
            interaction = await self._staged(migration_id)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise CallFailedError(f"target call failed: {error}") from error
        except httpx.HTTPError as error:
            told = str(error) or type(error).__name__
            failed = PassingError(f"target call failed: {told}", type(error).__name__)
            failed.is_billed = is_answered
            raise failed from error
        finally:
            await self._staging.discard(migration_id)
        self._refuse(response)
        try:
            return understood(interaction)
        except CallFailedError as error:
            error.is_billed = True
            raise

    async def _staged(self, migration_id: str) -> CapturedInteraction | None:
        with suppress(KeyError):
            return await self._staging.load(migration_id)
        return None

    def _refuse(self, response: httpx.Response) -> None:
        """Raise for a status that is no answer."""
        status = response.status_code
        if response.is_success:
            return
        # Redacted: a server that refuses a key likes to quote it.
        said = self._staging.redactor.text(response.content[:_SHOWN].decode("utf-8", "replace"))
        text = f"target API returned {status}: {said}"
        if not passes(response):
            raise CallFailedError(text)
        wait_s = asked_wait(response)
        if wait_s is not None and wait_s > self._limits.patience_s:
            raise CallFailedError(f"{text} (it asks to come back in {wait_s:,.0f} s: run again then)")
        raise PassingError(text, f"HTTP {status}", wait_s=wait_s, is_busy=status in (429, 503, 529))

    def _opened(self, url: str) -> httpx.AsyncClient:
        """The client, made when it is first needed: offline there is none."""
        if self._client is None:
            transport = RecordingTransport(
                self._inner if self._inner is not None else _transport_to(url, self._limits.concurrency),
                self._staging,
                key=lambda request: str(request.extensions[_ID]),
                extra_metadata=lambda request: dict(request.extensions[_SAID]),
            )
            timeout = httpx.Timeout(self._limits.timeout_s, connect=min(30.0, self._limits.timeout_s))
            self._client = httpx.AsyncClient(transport=transport, timeout=timeout)
        return self._client


def understood(interaction: CapturedInteraction | None) -> tuple[CapturedInteraction, Answer]:
    """A recorded answer and what it says; `CallFailedError` where that is none, or not all of it."""
    if interaction is None:
        raise PassingError("target call failed: the answer broke off", "an answer that broke off")
    reading = registry.read_answer(interaction)
    answer = reading.answer
    if answer is not None and answer.error is not None:
        text = f"target API returned {interaction.response_status} with an error: {answer.error}"
        if says_to_try_again(answer.error):
            raise PassingError(text, "an error in the answer", is_busy=True)
        raise CallFailedError(text)
    if answer is None or not (answer.choices or answer.vectors):
        raise CallFailedError(f"target answer undecodable: {reading.why or 'there is no answer in it'}")
    if interaction.ending is not Ending.COMPLETE or not answer.is_whole:
        raise PassingError("target call failed: the stream ended without its last event", "a torn stream")
    interaction.metadata.pop("call_site", None)  # it would name our own line
    return interaction, answer


def _transport_to(url: str, concurrency: int) -> httpx.AsyncBaseTransport:
    """A transport that goes by the proxy that the environment names, as a client without one would."""
    parts = urlsplit(url)
    limits = httpx.Limits(max_connections=max(1, concurrency), max_keepalive_connections=max(1, concurrency))
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy and not urllib.request.proxy_bypass(parts.hostname or ""):
        spelled = proxy if "://" in proxy else f"http://{proxy}"
        return httpx.AsyncHTTPTransport(proxy=httpx.Proxy(spelled), limits=limits)
    return httpx.AsyncHTTPTransport(limits=limits)
