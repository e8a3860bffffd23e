"""The tags that the user's rules and ``--tag`` put on a recording."""

from __future__ import annotations

from agentrec_auto.keying.rules import url_pattern, without_query
from agentrec_auto.settings import Settings


class Tags:
    """`Settings.tags` and `Settings.run_tags`, compiled."""

    def __init__(self, settings: Settings) -> None:
        self._rules = tuple((url_pattern(rule.url), rule.tags) for rule in settings.tags)
        self._always = settings.run_tags

    def of(self, url: str) -> dict[str, str]:
        """The tags for what went to ``url``; query and fragment don't take part."""
        tags: dict[str, str] = {}
        bare = without_query(url)
        for pattern, pairs in self._rules:
            if pattern.fullmatch(bare):
                tags.update(pairs)
        tags.update(self._always)
        return tags
