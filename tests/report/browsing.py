"""A report as somebody sees it in a browser."""

from __future__ import annotations

from typing import Any


class Opened:
    """A page, and what the browser complained of."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self._meter: Any = None
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))

    def load(self, hash: str = "") -> None:
        """Open it anew, at this state."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}#{hash}" if hash else self.url)

    def go(self, hash: str = "") -> None:
        """Follow a link to a state of the page that is open."""
        self.page.evaluate(
            """hash => new Promise((done) => {
                if (location.hash.slice(1) === hash) return done();
                addEventListener("hashchange", done, { once: true });
                location.hash = hash;
            })""",
            hash,
        )

    def close(self) -> None:
        self.page.context.close()

    def busy_s(self) -> float:
        """How long the page's thread has been at work since this was first asked, in seconds of processor time."""
        if self._meter is None:
            self._meter = self.page.context.new_cdp_session(self.page)
            self._meter.send("Performance.enable", {"timeDomain": "threadTicks"})
        told = self._meter.send("Performance.getMetrics")["metrics"]
        (busy,) = (one["value"] for one in told if one["name"] == "TaskDuration")
        return float(busy)

    def _asked(self, url: str) -> None:
        if url.partition("#")[0] not in (self.url, "about:blank"):
            self.complaints.append(f"fetched: {url}")

    @property
    def numbers(self) -> list[int]:
        """The numbers of the rows that are shown."""
        return [int(text.replace(",", "")) for text in self.page.locator("#rows .open").all_inner_texts()]

    @property
    def hash(self) -> dict[str, str]:
        """What the address says."""
        found: dict[str, str] = self.page.evaluate(
            "Object.fromEntries(new URLSearchParams(location.hash.slice(1)))"
        )
        return found

    @property
    def drawer(self) -> Any:
        return self.page.locator("#drawer")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def search(self, words: str) -> None:
        """Type into the search, and wait until the table shows what was found."""
        self.page.locator("#search").fill(words)
        self.page.wait_for_function(
            "words => new URLSearchParams(location.hash.slice(1)).get('q') === words", arg=words
        )
