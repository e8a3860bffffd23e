"""Provider adapters, as the ``agentrec`` library has them: plain texts out of a request, and into one.

What is read is read by the dialects; an adapter of one's own needs to know nothing of them.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from agentrec_auto.errors import DecodeError, MissingAPIKeyError, UnsupportedRequestError
from agentrec_auto.providers.anthropic import Anthropic
from agentrec_auto.providers.dialect import Call, Dialect, Reply
from agentrec_auto.providers.openai_chat import OpenAIChat
from agentrec_auto.providers.plain import Conversation, DecodedResponse, decoded, plain

Request = tuple[str, dict[str, str], dict[str, Any]]
"""URL, headers and JSON body."""


class ProviderAdapter(ABC):
    """What one provider's API looks like for plain texts."""

    name: ClassVar[str]
    host_patterns: ClassVar[tuple[str, ...]]
    """Parts of the host names that are this provider's."""

    model_patterns: ClassVar[tuple[str, ...]]
    """How the names of its models begin."""

    api_key_env: ClassVar[str]

    def matches_host(self, host: str) -> bool:
        """Whether a host is this provider's."""
        return any(pattern in host.lower() for pattern in self.host_patterns)

    def matches_model(self, model: str) -> bool:
        """Whether a model is this provider's."""
        return model.lower().startswith(self.model_patterns)

    def api_key(self) -> str:
        """The key for a live call; `MissingAPIKeyError` where there is none."""
        key = os.environ.get(self.api_key_env)
        if not key:
            raise MissingAPIKeyError(f"{self.api_key_env} is not set: a live call to {self.name} needs it")
        return key

    @abstractmethod
    def extract_conversation(self, body: dict[str, Any]) -> Conversation:
        """What a request body asks; `UnsupportedRequestError` where texts don't say it all."""

    @abstractmethod
    def build_request(
        self, conversation: Conversation, model: str, *, max_tokens_default: int = 4096
    ) -> Request:
        """The request that asks ``model`` a conversation, without streaming."""

    @abstractmethod
    def decode_response(self, payload: bytes, *, is_sse: bool) -> DecodedResponse:
        """The answer in a whole response body; `DecodeError` where there is none."""


class _Built(ProviderAdapter):
    """An adapter on one of our dialects."""

    dialect: ClassVar[Dialect]
    refused: ClassVar[tuple[str, ...]]
    """Members of a request that texts don't say, if they are set."""

    joint: ClassVar[str]
    """What stands between several system texts."""

    chat_url: ClassVar[str]

    def extract_conversation(self, body: dict[str, Any]) -> Conversation:
        for name in self.refused:
            if isinstance(body, dict) and body.get(name):
                raise UnsupportedRequestError(f"the request uses {name!r}")
        try:
            return plain(self.dialect.question(Call.made("POST", self.chat_url, body)), joint=self.joint)
        except DecodeError as error:
            raise UnsupportedRequestError(str(error)) from error

    def decode_response(self, payload: bytes, *, is_sse: bool) -> DecodedResponse:
        reply = Reply(200, "text/event-stream" if is_sse else "application/json", payload, [])
        try:
            answer = self.dialect.answer(reply)
        except DecodeError as error:
            raise DecodeError(f"{self.name}: {error}") from error
        if not answer.choices:
            raise DecodeError(f"{self.name}: the response has no choices: {answer.error or 'it is empty'}")
        return decoded(self.name, answer)


class OpenAIAdapter(_Built):
    """OpenAI Chat Completions."""

    name = "openai"
    host_patterns = ("openai",)
    model_patterns = ("gpt-", "chatgpt-", "o1", "o3", "o4")
    api_key_env = "OPENAI_API_KEY"
    chat_url = "https://api.openai.com/v1/chat/completions"
    dialect = OpenAIChat()
    refused = ("tools", "tool_choice", "functions", "function_call", "response_format")
    joint = "\n\n"

    def build_request(
        self, conversation: Conversation, model: str, *, max_tokens_default: int = 4096
    ) -> Request:
        messages = list(conversation.messages)
        if conversation.system is not None:
            messages.insert(0, {"role": "system", "content": conversation.system})
        body: dict[str, Any] = {"model": model, "messages": messages}
        if conversation.max_tokens is not None:
            body["max_tokens"] = conversation.max_tokens
        if conversation.temperature is not None:
            body["temperature"] = conversation.temperature
        headers = {"Authorization": f"Bearer {self.api_key()}", "Content-Type": "application/json"}
        return self.chat_url, headers, body


class AnthropicAdapter(_Built):
    """Anthropic Messages."""

    name = "anthropic"
    host_patterns = ("anthropic",)
    model_patterns = ("claude-",)
    api_key_env = "ANTHROPIC_API_KEY"
    chat_url = "https://api.anthropic.com/v1/messages"
    dialect = Anthropic()
    refused = ("tools", "tool_choice")
    joint = ""

    def build_request(
        self, conversation: Conversation, model: str, *, max_tokens_default: int = 4096
    ) -> Request:
        body: dict[str, Any] = {
            "model": model,
            "max_tokens": max_tokens_default if conversation.max_tokens is None else conversation.max_tokens,
            "messages": list(conversation.messages),
        }
        if conversation.system is not None:
            body["system"] = conversation.system
        if conversation.temperature is not None:
            body["temperature"] = conversation.temperature
        headers = {
            "x-api-key": self.api_key(),
            "anthropic-version": "2023-06-01",
            "Content-Type": "application/json",
        }
        return self.chat_url, headers, body
