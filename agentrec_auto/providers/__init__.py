"""What its bytes mean: which dialect of LLM API a request speaks, what it asks, and what was answered.

`agentrec_auto.providers.registry.read` reads any interaction into a neutral question and answer
(`agentrec_auto.providers.conversation`). The names below are those that the ``agentrec`` library has, for
conversations in plain texts; each is fetched on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentrec_auto.errors import DecodeError as DecodeError
    from agentrec_auto.errors import MissingAPIKeyError as MissingAPIKeyError
    from agentrec_auto.errors import UnsupportedRequestError as UnsupportedRequestError
    from agentrec_auto.keying.summary import build_summary as build_summary
    from agentrec_auto.providers.adapter import AnthropicAdapter as AnthropicAdapter
    from agentrec_auto.providers.adapter import OpenAIAdapter as OpenAIAdapter
    from agentrec_auto.providers.adapter import ProviderAdapter as ProviderAdapter
    from agentrec_auto.providers.adapting import adapter_for_host as adapter_for_host
    from agentrec_auto.providers.adapting import adapter_for_model as adapter_for_model
    from agentrec_auto.providers.adapting import adapter_for_provider as adapter_for_provider
    from agentrec_auto.providers.adapting import adapters as adapters
    from agentrec_auto.providers.adapting import conversation_of as conversation_of
    from agentrec_auto.providers.adapting import decode_interaction as decode_interaction
    from agentrec_auto.providers.adapting import register as register
    from agentrec_auto.providers.plain import Conversation as Conversation
    from agentrec_auto.providers.plain import DecodedResponse as DecodedResponse
    from agentrec_auto.providers.plain import format_conversation as format_conversation
    from agentrec_auto.providers.sse import sse_data_lines as sse_data_lines

_HOMES = {
    "AnthropicAdapter": "agentrec_auto.providers.adapter",
    "Conversation": "agentrec_auto.providers.plain",
    "DecodeError": "agentrec_auto.errors",
    "DecodedResponse": "agentrec_auto.providers.plain",
    "MissingAPIKeyError": "agentrec_auto.errors",
    "OpenAIAdapter": "agentrec_auto.providers.adapter",
    "ProviderAdapter": "agentrec_auto.providers.adapter",
    "UnsupportedRequestError": "agentrec_auto.errors",
    "adapter_for_host": "agentrec_auto.providers.adapting",
    "adapter_for_model": "agentrec_auto.providers.adapting",
    "adapter_for_provider": "agentrec_auto.providers.adapting",
    "adapters": "agentrec_auto.providers.adapting",
    "build_summary": "agentrec_auto.keying.summary",
    "conversation_of": "agentrec_auto.providers.adapting",
    "decode_interaction": "agentrec_auto.providers.adapting",
    "format_conversation": "agentrec_auto.providers.plain",
    "register": "agentrec_auto.providers.adapting",
    "sse_data_lines": "agentrec_auto.providers.sse",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # here: the watch for connections needs the names of hosts only

    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value
