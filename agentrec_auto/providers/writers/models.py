"""What single models refuse, told by their names.

Sources: OpenAI's guide "Reasoning models" and its model pages; Anthropic's "Thinking", "Structured outputs",
"What's new in Claude 4.7" and the error pages they lead to; Google's "Gemini thinking" and "Thought
signatures". A model that came later is taken for one like the newest of its family.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLAUDE = re.compile(r"claude-(?P<family>[a-z]+)-(?P<major>\d+)(?:[-.](?P<minor>\d{1,2})(?!\d))?")
_OLD_CLAUDE = re.compile(r"claude-(?:v|instant|\d)")
_GEMINI = re.compile(r"gemini-(?P<major>\d+)(?:\.(?P<minor>\d+))?(?:-(?P<family>pro|flash-lite|flash))?")
_GPT = re.compile(r"gpt-(?P<major>\d+)(?:\.(?P<minor>\d+))?(?P<more>[a-z0-9.-]*)")
_O_SERIES = re.compile(r"o\d(?:-|$)")
_MIDDLE = ("low", "medium", "high")
_GEMINI_BUDGETS = {"pro": (128, 32768), "flash": (1, 24576), "flash-lite": (512, 24576)}


def bare(model: str) -> str:
    """A model's name without the vendor before it: ``openai/gpt-5`` → ``gpt-5``."""
    return model.rpartition("/")[2].lower()


@dataclass(frozen=True, slots=True)
class Claude:
    """What a Claude takes."""

    version: tuple[int, int]
    family: str

    @classmethod
    def of(cls, model: str) -> Claude | None:
        """The Claude that a name means, also with a cloud's prefix; None for other models."""
        name = model.lower()
        if found := _CLAUDE.search(name):
            return cls((int(found["major"]), int(found["minor"] or 0)), found["family"])
        return cls((3, 0), "") if _OLD_CLAUDE.search(name) else None

    @property
    def takes_sampling(self) -> bool:
        """Whether temperature, top_p and top_k are taken: Opus 4.7 and all of generation 5 answer 400."""
        return not self._is_newest

    @property
    def takes_two_samplers(self) -> bool:
        """Whether temperature and top_p may stand together; not since Opus 4.1."""
        return self.version < (4, 1)

    @property
    def takes_budget(self) -> bool:
        """Whether thinking is asked for by a budget of tokens."""
        return not self._is_newest and self.version >= (3, 7)

    @property
    def adapts(self) -> bool:
        """Whether thinking is adaptive."""
        return self.version >= (4, 6)

    @property
    def takes_effort(self) -> bool:
        """Whether the effort can be said."""
        return self.version >= (4, 6) or (self.family, self.version) == ("opus", (4, 5))

    @property
    def takes_prefill(self) -> bool:
        """Whether its answer may be begun for it."""
        return self.version < (4, 6)

    @property
    def takes_schemas(self) -> bool:
        """Whether it has structured outputs."""
        return self.version >= (4, 5) or (self.family, self.version) == ("opus", (4, 1))

    @property
    def can_be_forced(self) -> bool:
        """Whether a tool may be demanded of it."""
        return not (self.family in ("fable", "mythos") and self.version >= (5, 1))

    @property
    def _is_newest(self) -> bool:
        return self.version >= (5, 0) or (self.family == "opus" and self.version >= (4, 7))


@dataclass(frozen=True, slots=True)
class GPT:
    """What a model of OpenAI's takes."""

    reasons: bool
    """Whether it can."""

    always: bool
    """Whether it does unless told not to."""

    efforts: tuple[str, ...] = ()
    """The words for how hard to think that it takes."""

    @classmethod
    def of(cls, model: str) -> GPT | None:
        """The model that a name means; None for models of others."""
        name = bare(model)
        if _O_SERIES.match(name):
            return cls(True, True, ("medium",) if "deep-research" in name else _MIDDLE)
        if name.startswith("gpt-oss"):
            return cls(True, False, _MIDDLE)  # takes sampling all the same
        found = _GPT.match(name)
        if found is None:
            return cls(False, False) if name.startswith(("gpt-", "chatgpt-")) else None
        version, more = (int(found["major"]), int(found["minor"] or 0)), found["more"]
        if version < (5, 0) or (version == (5, 0) and more.startswith("-chat")):
            return cls(False, False)
        fixed = more.startswith(("-chat", "-pro"))
        opt_in = (5, 1) <= version <= (5, 4) and not fixed and not _is_first_codex(version, more)
        return cls(True, not opt_in, _efforts(version, more))


def _is_first_codex(version: tuple[int, int], more: str) -> bool:
    return version <= (5, 1) and more.startswith("-codex")


def _efforts(version: tuple[int, int], more: str) -> tuple[str, ...]:
    """What a GPT-5 or later takes, as its refusals say it ("Supported values are …")."""
    if more.startswith("-chat"):
        return ("medium",)
    if more.startswith("-pro"):
        return ("high",) if version == (5, 0) else ("medium", "high", "xhigh")
    if _is_first_codex(version, more):
        return (*_MIDDLE, "xhigh") if "-max" in more else _MIDDLE
    if version == (5, 0):
        return ("minimal", *_MIDDLE)
    latest = ("xhigh", "max") if version >= (5, 6) else ("xhigh",) if version >= (5, 2) else ()
    stop = ("none",) if version < (6, 0) else ()
    return (*stop, *_MIDDLE, *latest)


@dataclass(frozen=True, slots=True)
class GeminiModel:
    """What a Gemini takes."""

    version: tuple[int, int]
    family: str = "flash"
    """``pro``, ``flash`` or ``flash-lite``."""

    @classmethod
    def of(cls, model: str) -> GeminiModel | None:
        """The Gemini that a name means; None for other models."""
        found = _GEMINI.search(bare(model))
        if found is None:
            return None
        return cls((int(found["major"]), int(found["minor"] or 0)), found["family"] or "flash")

    @property
    def thinks(self) -> bool:
        return self.version >= (2, 5)

    @property
    def takes_levels(self) -> bool:
        """Whether thinking is asked for in a word, not in tokens."""
        return self.version >= (3, 0)

    @property
    def levels(self) -> tuple[str, ...]:
        """These words."""
        if self.family != "pro":
            return ("minimal", *_MIDDLE)
        return _MIDDLE if self.version >= (3, 1) else ("low", "high")

    def budget(self, asked: int) -> int:
        """The nearest budget of tokens that it takes: a Pro can't but think."""
        least, most = _GEMINI_BUDGETS[self.family]
        if asked < 0 or (asked == 0 and self.family != "pro"):
            return asked
        return min(max(asked, least), most)

    @property
    def wants_signatures(self) -> bool:
        """Whether a call without the signature of a thought is refused."""
        return self.version >= (3, 0)

    @property
    def takes_penalties(self) -> bool:
        return self.version < (2, 5)

    @property
    def calls_in_json_mode(self) -> bool:
        """Whether tools and a form of the answer go together."""
        return self.version >= (3, 0)
