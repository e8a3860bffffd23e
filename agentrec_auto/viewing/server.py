"""What the page asks for while it is looked at: itself, the list, and each recording that is opened.

For this user in this browser: it listens on 127.0.0.1 only, and every path begins with a word that nobody
else on the machine knows. Nothing can be changed through it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from agentrec_auto.capture import Headers
from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.report.inlined import inside
from agentrec_auto.serving.doors import is_loopback, name_of
from agentrec_auto.serving.listening import Fault, Handler, Listener
from agentrec_auto.viewing import data, page

Opened = Callable[[], tuple[Corpus, Sequence[str]]]
"""Gives the corpus as it is now, and the names of what is to be looked at, newest first."""


class Viewer(Listener):
    """Gives the page to whoever knows its address."""

    def __init__(self, port: int, opened: Opened) -> None:
        self.opened = opened
        self.corpus, names = opened()
        self.total = len(names)
        self.shown = frozenset(names)
        """The recordings that may be asked for: those of the list, and no other file."""

        self._names: Sequence[str] | None = names
        self.secret = secrets.token_urlsafe(16)
        super().__init__("127.0.0.1", port, Viewing)

    @property
    def address(self) -> str:
        """The page's."""
        return f"{self.url}/{self.secret}/"

    def listed(self) -> tuple[Corpus, Sequence[str]]:
        """What there is to see: as it was found at the start, and looked for again each time after."""
        names, self._names = self._names, None
        if names is None:
            self.corpus, names = self.opened()
            self.shown = frozenset(names)
        return self.corpus, names


class Viewing(Handler):
    """One connection of the browser's."""

    server: Viewer

    def answer(self) -> None:
        """Give the page, the list, or one recording."""
        self.read_body()
        name = name_of(self.headers.get("host") or "")
        if not is_loopback(name) or self.headers.get("origin") is not None:
            raise Fault(403, "this page is for a browser on this machine")
        if self.command not in ("GET", "HEAD"):
            raise Fault(405, "nothing can be changed here")
        _, _, path = self.path.partition(f"/{self.server.secret}/")
        if not self.path.startswith(f"/{self.server.secret}/"):
            raise Fault(404, "no such page: its address was printed when `agentrec view` was started")
        what, _, word = path.partition("?")[0].partition("/")
        if not what:
            self._page()
        elif what == "list":
            self.send(200, b"OK", _head("application/x-ndjson"), self._list())
        elif what == "recording":
            self._recording(unquote(word))
        else:
            raise Fault(404, f"no such path here: {what!r}")

    def _page(self) -> None:
        where = self.server.corpus.where
        facts = {"corpus": where, "total": self.server.total, "served": True}
        text = page.head(where, is_served=True) + page.body(str(inside(facts))) + page.foot()
        policy = page.policy(is_served=True) + "; frame-ancestors 'none'"
        self._send(text, "text/html; charset=utf-8", [(b"content-security-policy", policy.encode())])

    def _list(self) -> Iterator[bytes]:
        """How many there are, then rows as they are read, a line each and many at a time."""
        corpus, names = self.server.listed()
        yield f"{data.spelled({'total': len(names)})}\n".encode()
        block: list[str] = []
        for row in data.rows(corpus, names):
            block.append(data.spelled(row))
            if len(block) == data.A_BLOCK:
                yield "\n".join([*block, ""]).encode()
                block = []
        yield "\n".join([*block, ""]).encode() if block else b""

    def _recording(self, name: str) -> None:
        corpus = self.server.corpus
        try:
            if name not in self.server.shown:
                raise KeyError(name)
            held = Held(name, corpus.store.load(name))
        except KeyError:
            raise Fault(404, f"no recording is called {name!r}; it may be gone") from None
        except BrokenRecordingError as error:
            raise Fault(422, str(error)) from error
        self._send(data.spelled(data.whole(corpus, held)), "application/json")

    def _send(self, text: str, kind: str, headers: Headers | None = None) -> None:
        body = text.encode()
        head = [*_head(kind), (b"content-length", b"%d" % len(body)), *(headers or [])]
        self.send(200, b"OK", head, [body])


def _head(kind: str) -> Headers:
    return [
        (b"content-type", kind.encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
