"""How a Claude is asked to think, and what each refuses: the same in recorded and in composed bodies."""

from __future__ import annotations

from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers import reading
from agentrec_auto.providers.writers.drawing import budget_of, drop, effort_of, note_effort
from agentrec_auto.providers.writers.models import Claude
from agentrec_auto.providers.writing import Notes

THOUGHTS = ("thinking", "redacted_thinking")
"""Types of the blocks that are signed for the model that wrote them."""

_LEAST_BUDGET = 1024
_EFFORTS = {"minimal": "low", "xhigh": "high", "max": "high"}
"""Words of OpenAI's and of the newest Claudes, in those that every Claude with an effort takes."""

_NEWEST_EFFORTS = {"minimal": "low"}


def think(body: dict[str, Any], asked: str | int | None, model: str, notes: Notes) -> None:
    """Thinking, as this model is asked for it; `refit` then says what goes with it."""
    known = Claude.of(model)
    effort, budget = effort_of(asked), budget_of(asked)
    if effort is None or budget is None:
        return
    if effort == "none" or (known is not None and not known.adapts and not known.takes_budget):
        if effort != "none":
            notes.say(f"reasoning effort {effort!r} left out: {model} doesn't think aloud")
        return
    if known is None or known.adapts:
        body["thinking"] = {"type": "adaptive"}
        known_words = _EFFORTS if known is None or known.takes_budget else _NEWEST_EFFORTS
        said = known_words.get(effort, effort)
        body["output_config"] = {**reading.members(body.get("output_config")), "effort": said}
        note_effort(asked, said, notes)
        return
    budget = max(budget, _LEAST_BUDGET)
    body["thinking"] = {"type": "enabled", "budget_tokens": budget}
    note_effort(asked, budget, notes)
    if body["max_tokens"] <= budget:
        body["max_tokens"] += budget
        notes.say(f"max_tokens raised to {body['max_tokens']:,}: at Anthropic it covers the thinking, too")


def refit(body: dict[str, Any], model: str, known: Claude, notes: Notes) -> None:
    """Change what this Claude refuses, with notes; `UnsupportedRequestError` where that is the point."""
    _refit_thinking(body, model, known, notes)
    _refit_effort(body, model, known, notes)
    if reading.members(body.get("tool_choice")).get("type") in ("any", "tool"):
        if not known.can_be_forced:
            raise UnsupportedRequestError(f"the request demands a tool call, and {model} can't be made to")
        if _thinks(body):
            _think_not(body, "a Claude that thinks can't be made to call a tool", notes)
    if not known.takes_sampling:
        drop(body, ("temperature", "top_p", "top_k"), f"{model} takes none", notes)
    elif _has_budget(body):
        drop(body, ("temperature", "top_k"), f"{model} takes none while it thinks", notes)
    elif "temperature" in body and "top_p" in body and not known.takes_two_samplers:
        if body["top_p"] == 1:  # says nothing
            del body["top_p"]
        drop(body, ("top_p",), f"{model} takes either temperature or top_p", notes)
    messages = list(reading.objects(body.get("messages")))
    if messages and messages[-1].get("role") == "assistant" and not known.takes_prefill:
        raise UnsupportedRequestError(
            f"the request begins the answer (prefill), and {model} takes none begun"
        )
    if reading.members(body.get("output_config")).get("format") and not known.takes_schemas:
        raise UnsupportedRequestError(f"the request has a schema for the answer, and {model} takes none")


def _refit_thinking(body: dict[str, Any], model: str, known: Claude, notes: Notes) -> None:
    """Thinking in the way of this Claude: by a budget of tokens, adaptively, or not at all."""
    thinking = reading.members(body.get("thinking"))
    match thinking.get("type"):
        case "enabled" if not known.takes_budget and known.adapts:
            budget = reading.integer(thinking.get("budget_tokens"))
            config = reading.members(body.get("output_config"))
            effort = config.get("effort") or effort_of(budget)
            body["thinking"] = {"type": "adaptive"}
            body["output_config"] = {**config, "effort": effort}
            note_effort(budget, effort, notes)
        case "enabled" if not known.takes_budget:
            _think_not(body, f"{model} doesn't think aloud", notes)
        case "adaptive" if not known.adapts:
            body.pop("thinking")
            notes.say(f"adaptive thinking left out: {model} has none")
    if _has_budget(body) and _within_a_tool_loop(body):
        _think_not(body, "Claude wants its own thoughts before the calls answered here", notes)


def _refit_effort(body: dict[str, Any], model: str, known: Claude, notes: Notes) -> None:
    config = reading.members(body.get("output_config"))
    if config.get("effort") and not known.takes_effort:
        notes.say(f"effort {config['effort']!r} left out: {model} takes none")
        body["output_config"] = {name: value for name, value in config.items() if name != "effort"}
        if not body["output_config"]:
            del body["output_config"]


def _has_budget(body: dict[str, Any]) -> bool:
    return reading.members(body.get("thinking")).get("type") == "enabled"


def _thinks(body: dict[str, Any]) -> bool:
    return reading.members(body.get("thinking")).get("type") in ("enabled", "adaptive")


def _think_not(body: dict[str, Any], why: str, notes: Notes) -> None:
    del body["thinking"]
    notes.say(f"thinking left out: {why}")


def _within_a_tool_loop(body: dict[str, Any]) -> bool:
    """Whether the last of the model's messages calls a tool without a thought before it."""
    for message in reversed(list(reading.objects(body.get("messages")))):
        if message.get("role") == "assistant":
            kinds = [one.get("type") for one in reading.objects(message.get("content"))]
            return "tool_use" in kinds and not any(kind in THOUGHTS for kind in kinds)
    return False
