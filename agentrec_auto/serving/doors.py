"""Who may ask a server on this machine: programs, and those pages in a browser that are known.

What is recorded is often private, and a browser runs what any page sends it. Two ways lead from there to a
server on localhost, and both are shut:

* A page asks across origins. It says so in ``Origin``: pages of this machine may, and those that were named.
* A page makes its own host name point here (DNS rebinding), so that the browser takes us for its own origin.
  The name stands in ``Host``: names that somebody elsewhere could own are turned away. Addresses, names of
  one label (``localhost``, a service of docker compose) and of reserved domains can't be owned.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

_LOCAL = (".localhost", ".internal", ".test")
"""Domains nobody can register (RFC 6761; ``.internal`` by ICANN, 2024)."""


class Doors:
    """The names and origins that are let in."""

    def __init__(self, hosts: Iterable[str] = (), origins: Iterable[str] = ()) -> None:
        """``hosts``: more names that the server goes by; ``origins``: pages of elsewhere, ``*`` for all."""
        self._hosts = frozenset(host.lower().rstrip(".") for host in hosts)
        self._origins = frozenset(origin.lower().rstrip("/") for origin in origins)

    def refusal(self, host: str | None, origin: str | None) -> str | None:
        """Why a request that names these is turned away; None for one that isn't."""
        if host is not None and not self.is_ours(name := name_of(host)):
            return (
                f"asked by the name {name!r}, which could be anybody's and lead here by DNS: "
                f"start `agentrec serve` with --allow-host {name} if it is yours"
            )
        if origin is not None and not self.may_read(origin):
            return (
                f"asked by a page of {origin!r}, in a browser: "
                f"start `agentrec serve` with --allow-origin {origin} to let it read what is recorded"
            )
        return None

    def is_ours(self, name: str) -> bool:
        """Whether a host name (no port) can only mean this machine, or a network that its owner runs."""
        if "." not in name or name in self._hosts or name.endswith(_LOCAL) or "*" in self._hosts:
            return True
        return _is_address(name)

    def may_read(self, origin: str) -> bool:
        """Whether a page of this origin may read answers."""
        if origin.lower() in self._origins or "*" in self._origins:
            return True
        try:
            parts = urlsplit(origin.lower())
        except ValueError:  # brackets without an address
            return False
        name = parts.hostname or ""
        is_here = name == "localhost" or name.endswith(".localhost") or _is_loopback(name)
        return parts.scheme in ("http", "https") and is_here


def name_of(host: str) -> str:
    """The name in a ``Host`` header, without its port."""
    try:
        return (urlsplit(f"//{host.strip()}").hostname or "").rstrip(".")
    except ValueError:  # brackets without an address
        return host


def is_loopback(name: str) -> bool:
    """Whether only this machine can reach what listens there."""
    return name == "localhost" or _is_loopback(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return _is_address(name) and ipaddress.ip_address(name.partition("%")[0]).is_loopback
