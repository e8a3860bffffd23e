"""Google Gemini: ``generateContent``.

Source: API reference "Generating content", guides "Function calling", "Structured outputs", "Thinking" and
"Thought signatures"; google-genai 3.4.0, ``types.py``. JSON Schema goes into ``…JsonSchema``, which takes it
as it is; the older ``responseSchema`` and ``parameters`` take a subset in OpenAPI's words. Gemini 3 refuses a
call in the history without the signature of a thought, unless it says ``skip_thought_signature_validator``,
Google's word for histories from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import (
    Media,
    Part,
    Question,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.writers import carrying, schemas
from agentrec_auto.providers.writers.drawing import (
    budget_of,
    drawn,
    drop,
    effort_of,
    lower,
    nearest_effort,
    note_effort,
    shorten,
)
from agentrec_auto.providers.writers.models import GeminiModel
from agentrec_auto.providers.writers.preparing import joined
from agentrec_auto.providers.writing import Ids, Notes, Writer

_NAMES = {
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "max_tokens": "maxOutputTokens",
    "stop": "stopSequences",
    "seed": "seed",
    "n": "candidateCount",
    "frequency_penalty": "frequencyPenalty",
    "presence_penalty": "presencePenalty",
}
_SPELT = {
    "generation_config": "generationConfig",
    "system_instruction": "systemInstruction",
    "tool_config": "toolConfig",
}
_LEVELS = ("minimal", "low", "medium", "high")
_UNSIGNED = "skip_thought_signature_validator"


class GeminiWriter(Writer):
    name = "gemini"
    title = "Gemini"
    ids = Ids(re.compile(r".+"))
    tool_name = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}")
    has_system_turns = False

    def path(self, model: str, stream: bool) -> str:
        name = quote(model.removeprefix("models/"), safe="/")
        return (
            f"/models/{name}:streamGenerateContent?alt=sse" if stream else f"/models/{name}:generateContent"
        )

    def composed(
        self, question: Question, model: str, max_tokens_default: int, notes: Notes
    ) -> dict[str, Any]:
        body: dict[str, Any] = {}
        if told := [{"text": text} for text in question.system]:
            body["systemInstruction"] = {"parts": told}
        body["contents"] = list(_contents(question.turns))
        if question.tools:
            body["tools"] = [
                {"functionDeclarations": [self._declared(tool, notes) for tool in question.tools]}
            ]
        if (calling := _calling(question.tool_choice)) is not None:
            body["toolConfig"] = {"functionCallingConfig": calling}
        config = drawn(question.sampling, _NAMES, self.title, notes)
        if (form := question.response_format) is not None:
            config["responseMimeType"] = "application/json"
            if form.kind == "schema":
                config["responseJsonSchema"] = schemas.described(form)
            if form.strict is False:
                notes.say("the answer's schema is enforced, where the request only showed it")
        if (asked := question.sampling.reasoning) is not None:
            config.update(_thinking(asked, model, notes))
        if config:
            body["generationConfig"] = config
        return body

    def _declared(self, tool: Any, notes: Notes) -> dict[str, Any]:
        told: dict[str, Any] = {"name": tool.name}
        if tool.description:
            told["description"] = tool.description
        if tool.parameters:
            told["parametersJsonSchema"] = schemas.no_arguments(tool.parameters)
        if tool.strict:
            notes.say("arguments of tools are not made to fit their schemas (strict)")
        return told

    def revised(self, body: dict[str, Any], model: str, notes: Notes, *, is_away: bool) -> dict[str, Any]:
        body.pop("model", None)  # stands in the path
        return {_SPELT.get(name, name): value for name, value in body.items()}

    def forget_thoughts(self, body: dict[str, Any], notes: Notes) -> None:
        for content in reading.objects(body.get("contents")):
            parts = list(reading.objects(content.get("parts")))
            kept = [part for part in parts if part.get("thought") is not True]
            for part in kept:
                part.pop("thoughtSignature", None)
                part.pop("thought_signature", None)
            if len(kept) < len(parts):
                notes.say("what the other model thought before is left out: it can't be sent to another")
            content["parts"] = kept
        if isinstance(body.get("contents"), list):
            body["contents"] = [one for one in body["contents"] if reading.members(one).get("parts")]

    def fit(self, body: dict[str, Any], model: str, notes: Notes) -> None:
        config = dict(reading.members(body.get("generationConfig")))
        lower(config, "temperature", 2, self.title, notes)
        shorten(config, "stopSequences", 5, self.title, notes)
        known = GeminiModel.of(model)
        if known is not None:
            if not known.takes_penalties:
                drop(config, ("frequencyPenalty", "presencePenalty"), f"{model} takes none", notes)
            _fit_thinking(config, model, known, notes)
            thinking = reading.members(config.get("thinkingConfig"))
            if known.thinks and "maxOutputTokens" in config and thinking.get("thinkingBudget") != 0:
                notes.say("the limit of tokens covers what the model thinks, too")
            wants_json = (
                reading.first_of(config, "responseMimeType", "response_mime_type") == "application/json"
            )
            if wants_json and body.get("tools") and not known.calls_in_json_mode:
                raise UnsupportedRequestError(
                    f"the request has tools and a form for the answer, of which {model} takes one only"
                )
            if known.wants_signatures:
                _sign(body)
        body["generationConfig"] = config
        if not config:
            del body["generationConfig"]

    def set_stream(self, body: dict[str, Any], stream: bool) -> None:
        body.pop("stream", None)  # the path says it


def _contents(turns: tuple[Turn, ...]) -> Iterator[dict[str, Any]]:
    """Results of tools are the user's; turns of the model that follow one another are one."""
    spoken = (
        replace(turn, role="user") if turn.role == "tool" else turn for turn in joined(turns, "assistant")
    )
    for turn in spoken:
        if not turn.parts:
            raise UnsupportedRequestError("the request has an empty message, which Gemini refuses")
        role = "model" if turn.role == "assistant" else "user"
        yield {"role": role, "parts": [_part(part) for part in turn.parts]}


def _part(part: Part) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"text": text}
        case ToolCall():
            return {"functionCall": {"id": part.id, "name": part.name, "args": carrying.arguments(part)}}
        case ToolResult():
            return {"functionResponse": _response(part)}
        case Media(data=str()):
            return {"inlineData": {"mimeType": carrying.media_type(part), "data": part.data}}
        case Media():
            return {"fileData": {"mimeType": carrying.media_type(part), "fileUri": part.url}}
        case _:
            raise UnsupportedRequestError("a message of this kind has no counterpart in Gemini")


def _response(result: ToolResult) -> dict[str, Any]:
    texts = [part.text for part in result.parts if isinstance(part, Text)]
    if len(texts) < len(result.parts):
        raise UnsupportedRequestError("a tool's result that is no text has no counterpart in Gemini")
    response = {"error" if result.is_error else "result": "".join(texts)}
    return {"id": result.call_id, "name": result.name, "response": response}


def _calling(choice: ToolChoice | None) -> dict[str, Any] | None:
    match choice:
        case None:
            return None
        case ToolChoice("named", name):
            return {"mode": "ANY", "allowedFunctionNames": [name]}
        case ToolChoice("required", _, allowed):
            return {"mode": "ANY", **({"allowedFunctionNames": list(allowed)} if allowed else {})}
        case ToolChoice("none"):
            return {"mode": "NONE"}
        case ToolChoice(_, _, ()):
            return {"mode": "AUTO"}
        case _:
            raise UnsupportedRequestError("a choice among some of the tools has no counterpart in Gemini")


def _thinking(asked: str | int, model: str, notes: Notes) -> dict[str, Any]:
    known = GeminiModel.of(model)
    if known is not None and not known.thinks:
        if effort_of(asked) not in (None, "none"):
            notes.say(f"reasoning effort {effort_of(asked)!r} left out: {model} doesn't think")
        return {}
    if asked == -1 or (isinstance(asked, int) and known is not None and not known.takes_levels):
        return {"thinkingConfig": {"thinkingBudget": asked}}
    if known is None or known.takes_levels:
        level = nearest_effort(str(effort_of(asked)), known.levels if known is not None else _LEVELS)
        note_effort(asked, level, notes)
        return {"thinkingConfig": {"thinkingLevel": level}}
    budget = known.budget(budget_of(asked) or 0)
    note_effort(asked, budget, notes)
    return {"thinkingConfig": {"thinkingBudget": budget}}


def _fit_thinking(config: dict[str, Any], model: str, known: GeminiModel, notes: Notes) -> None:
    """The way in which this Gemini is asked to think."""
    told = reading.members(reading.first_of(config, "thinkingConfig", "thinking_config"))
    budget = reading.integer(reading.first_of(told, "thinkingBudget", "thinking_budget"))
    level = reading.word(reading.first_of(told, "thinkingLevel", "thinking_level"))
    along = {name: value for name, value in told.items() if "udget" not in name and "evel" not in name}
    config.pop("thinking_config", None)
    if not told:
        return
    if not known.thinks:
        config.pop("thinkingConfig", None)
        notes.say(f"thinking left out: {model} has none")
    elif not known.takes_levels and (level is not None or budget is not None):
        told_budget = known.budget(budget if budget is not None else budget_of(level) or 0)
        config["thinkingConfig"] = {**along, "thinkingBudget": told_budget}
        note_effort(level if budget is None else budget, told_budget, notes)
    elif known.takes_levels and (level is not None or (budget is not None and budget >= 0)):
        asked = budget if level is None else level
        told_level = nearest_effort(str(effort_of(asked)), known.levels)
        config["thinkingConfig"] = {**along, "thinkingLevel": told_level}
        note_effort(asked, told_level, notes)
    else:
        config["thinkingConfig"] = told


def _sign(body: dict[str, Any]) -> None:
    """The first call of each content gets Google's word for "not mine", unless it is signed."""
    for content in reading.objects(body.get("contents")):
        for part in reading.objects(content.get("parts")):
            if "functionCall" in part or "function_call" in part:
                if "thoughtSignature" not in part and "thought_signature" not in part:
                    part["thoughtSignature"] = _UNSIGNED
                break
