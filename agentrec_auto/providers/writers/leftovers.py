"""Members of a request that no field of a `Question` holds: left out with a note, or a reason to refuse."""

from __future__ import annotations

from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers.conversation import Question
from agentrec_auto.providers.writing import Notes, Writer

BESIDE_THE_POINT = frozenset(
    """
    user metadata store service_tier safety_identifier prompt_cache_key prompt_cache_retention
    prompt_cache_options include include_reasoning reasoning_format logprobs top_logprobs background
    prediction cache_control inference_geo user_profile_id workspace_id diagnostics betas anthropic_beta
    speed keep_alive
    labels requestMetadata performanceConfig additionalModelResponseFieldPaths serviceTier truncation
    max_tool_calls stream_options extra_headers raw_response usage include_usage user_id provider
    transforms reasoning.summary reasoning.generate_summary reasoning.context
    thinking.display thinkingConfig.includeThoughts thinkingConfig.include_thoughts
    generation_config.thinking_summaries conversation.name conversation.description handoff_execution
    generationConfig.responseLogprobs generationConfig.response_logprobs generationConfig.logprobs
    options.num_thread options.num_gpu options.num_ctx options.use_mmap options.num_batch options.main_gpu
    """.split()  # noqa: SIM905
)
"""Who is billed, what is kept, what is told beside the answer, how fast: the answer is the same without."""

DRAWING = frozenset(
    """
    logit_bias min_p top_a typical_p repetition_penalty repeat_penalty min_tokens verbosity text.verbosity
    safe_prompt prompt_mode length_penalty early_stopping best_of use_beam_search ignore_eos
    options.min_p options.typical_p options.repeat_penalty options.repeat_last_n options.mirostat
    options.mirostat_eta options.mirostat_tau options.penalize_newline options.tfs_z
    generationConfig.mediaResolution generationConfig.media_resolution generationConfig.audioTimestamp
    safetySettings safety_settings safety_mode parallel_tool_calls strict_tools chat_template_kwargs
    reasoning.mode moderation
    """.split()  # noqa: SIM905
)
"""How the answer is drawn, in ways that not every API has."""

MEANING = {
    "web_search_options": "the provider's own web search",
    "mcp_servers": "the provider's own MCP connector",
    "connectors": "the provider's own connectors",
    "agent": "an agent of the provider's",
    "agent_id": "an agent kept at the provider",
    "container": "a container kept at the provider",
    "prompt": "a prompt kept at the provider",
    "audio": "an answer in sound",
    "guardrailConfig": "the provider's own guardrails",
    "guardrails": "the provider's own guardrails",
    "additionalModelRequestFields": "settings of the one model",
    "generationConfig.speechConfig": "an answer in sound",
    "context_management": "the provider's own context management",
    "documents": "documents to cite",
    "citation_options": "documents to cite",
}
"""What is asked for that can't be had elsewhere, in words."""


WITHIN = {
    "citations": "that documents are to be cited",
    "input_examples": "examples of a tool's input",
    "videoMetadata": "which part of a video to look at",
    "video_metadata": "which part of a video to look at",
    "behavior": "how a tool's result is waited for",
}
"""What is said deep within messages and tools, and only there, in words."""

_FOREIGN = frozenset(
    """
    input arguments args input_schema parameters parametersJsonSchema inputSchema schema json response
    function
    """.split()  # noqa: SIM905
)
"""Members whose insides are the program's own, whatever they are called."""


def judge(question: Question, writer: Writer, notes: Notes) -> None:
    """Note what is left out; `UnsupportedRequestError` where the question would be another without it."""
    beside = []
    for name, value in question.rest.items():
        if name in writer.carries or _says_nothing(name, value):
            continue
        if name in BESIDE_THE_POINT:
            beside.append(name)
        elif name in DRAWING:
            notes.say(f"{name} left out: {writer.title} has no such setting")
        elif name in MEANING:
            raise UnsupportedRequestError(
                f"the request wants {MEANING[name]} ({name}), which has no counterpart in {writer.title}"
            )
        else:
            raise UnsupportedRequestError(
                f"the request says {name!r}, of which nobody knows what it means in {writer.title}"
            )
    if question.source is not None:
        inside = [question.source.document.get(name) for name in ("messages", "contents", "tools")]
        for name in sorted(_within(inside)):
            notes.say(f"{WITHIN[name]} is left out: {writer.title} can't say it")
    if beside:
        notes.say(f"left out, as the answer doesn't depend on it: {', '.join(sorted(beside))}")


def _within(value: Any) -> set[str]:
    """The members of `WITHIN` that say something somewhere in a value."""
    if isinstance(value, list):
        return {name for one in value for name in _within(one)}
    if not isinstance(value, dict):
        return set()
    found = {name for name in WITHIN if value.get(name) not in (None, {"enabled": False}, [], {})}
    return found.union(*(_within(member) for name, member in value.items() if name not in _FOREIGN))


def _says_nothing(name: str, value: Any) -> bool:
    """Whether a member only says what holds anyway."""
    match name, value:
        case ("parallel_tool_calls", True) | ("modalities", ["text"]) | ("anthropic_version", _):
            return True
        case ("generationConfig.responseModalities" | "generationConfig.response_modalities", ["TEXT"]):
            return True
        case (_, False | [] | ""):
            return name != "parallel_tool_calls"
        case _:
            return False
