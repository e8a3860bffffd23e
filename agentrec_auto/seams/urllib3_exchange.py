"""One call of urllib3: decided where a pool is asked to open a URL."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.util.retry import Retry

from agentrec_auto.capture import CapturedRequest, headers_without
from agentrec_auto.flow import active
from agentrec_auto.flow.plan import Pass, Record, Refuse, Replay, never
from agentrec_auto.flow.tap import Tap
from agentrec_auto.seams import fakes, wire
from agentrec_auto.seams.attaching import attaching
from agentrec_auto.seams.bodies import at_hand, pairs, read
from agentrec_auto.seams.deciding import (
    broke_off,
    concerns,
    going_out,
    planned,
    process_recorder,
    wants_fakes,
)
from agentrec_auto.seams.upgrades import is_upgrade, unseen

LIBRARY = f"urllib3 {urllib3.__version__}"  # type: ignore[attr-defined]
_PORTS = {"http": 80, "https": 443}


def opened(
    urlopen: Any,
    pool: Any,
    method: str,
    url: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    *rest: Any,
    **options: Any,
) -> Any:
    """What ``pool.urlopen`` answers: its own response, tapped where it is recorded, or a played one."""
    whole = _absolute(pool, url)
    sent = headers if headers is not None else pool.headers
    host = urlsplit(whole).hostname or pool.host

    def send(body: Any, tap: Tap | None = None) -> Any:
        was = going_out(host)
        try:
            active.inside.set(True)
            return urlopen(method, url, body, headers, *rest, **options)
        except BaseException as error:
            broke_off(tap, error)
            raise
        finally:
            active.inside.set(was)

    if is_upgrade(whole, {name.lower() for name in sent}):
        unseen(whole)
        return urlopen(method, url, body, headers, *rest, **options)
    if _is_faked(pool) and not wants_fakes():
        return urlopen(method, url, body, headers, *rest, **options)
    if not concerns(process_recorder, method, whole, lambda: at_hand(body)):
        return send(body)
    content, body = read(body)
    captured = CapturedRequest(method, whole, pairs(sent), content)
    match plan := planned(process_recorder, captured, LIBRARY):
        case Replay():
            return _response(pool, wire.played(plan, method), method, url, rest, options)
        case Record(tap):
            response = send(body, tap)
            with attaching(tap):
                _tap(response, tap, options)
            return response
        case Pass():
            return send(body)
        case Refuse(miss):
            return _response(pool, wire.refused(miss, method), method, url, rest, options)
    never(plan)


def _absolute(pool: Any, url: str) -> str:
    """The URL with its host, which only a request to a proxy has from the start."""
    if "://" in url.partition("?")[0]:
        return url
    host = f"[{pool.host}]" if ":" in pool.host else pool.host
    port = f":{pool.port}" if pool.port and pool.port != _PORTS.get(pool.scheme) else ""
    return f"{pool.scheme}://{host}{port}{url}"


def _is_faked(pool: Any) -> bool:
    """Whether somebody else answers below us: vcrpy by its connections, others by their sockets."""
    if not fakes.is_at_work(pool.ConnectionCls):
        return False
    fakes.seen.add("urllib3")
    return True


def _response(
    pool: Any,
    original: http.client.HTTPResponse,
    method: str,
    url: str,
    rest: tuple[Any, ...],
    options: dict[str, Any],
) -> Any:
    """As `HTTPConnection.getresponse` (2.x) and `HTTPResponse.from_httplib` (1.26) make it."""
    retries = rest[0] if rest else options.get("retries")
    redirect = rest[1] if len(rest) > 1 else options.get("redirect", True)
    passed_on = ("preload_content", "decode_content", "enforce_content_length", "auto_close")
    response = urllib3.HTTPResponse(
        body=original,
        headers=urllib3._collections.HTTPHeaderDict(original.headers.items()),
        status=original.status,
        version=original.version,
        reason=original.reason,
        original_response=original,
        pool=pool,
        retries=Retry.from_int(retries, redirect=redirect, default=pool.retries),
        request_method=method,
        request_url=options.get("request_url", url),
        **{name: options[name] for name in passed_on if name in options},
    )
    if hasattr(response, "version_string"):
        response.version_string = "HTTP/1.1" if original.version == 11 else "HTTP/1.0"
    return response


def _tap(response: Any, tap: Tap, options: Mapping[str, Any]) -> None:
    """Show the tap a response's body as the caller reads it, or now where it was read already."""
    original = getattr(response, "_fp", None)
    if not options.get("preload_content", True) and isinstance(original, http.client.HTTPResponse):
        wire.tapped(original, tap, response)
        return
    headers = pairs(response.headers)
    if options.get("decode_content", True) and _is_decoded(response):
        headers = headers_without(headers, b"content-encoding", b"content-length")
    extensions: dict[str, object] = {
        "http_version": b"HTTP/2" if response.version == 20 else b"HTTP/1.1",
        "reason_phrase": (response.reason or "").encode("latin-1", "replace"),
    }
    tap.head(response.status, headers, extensions)
    if response.data:
        tap.see(response.data)
    tap.finished()


def _is_decoded(response: Any) -> bool:
    """Whether urllib3 has undone the content-encoding; one it doesn't know it leaves as it is."""
    told = response.headers.get("content-encoding", "").lower()
    return bool(told) and all(name.strip() in response.CONTENT_DECODERS for name in told.split(","))
