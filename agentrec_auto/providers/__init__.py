"""What its bytes mean: which dialect of LLM API a request speaks, what it asks, and what was answered.

`agentrec_auto.providers.registry.read` reads any interaction into a neutral question and answer
(`agentrec_auto.providers.conversation`).

hosts · shapes    which host serves models, and which dialect a request speaks
dialect           what a dialect is               registry    all of them, by name
conversation      the neutral question and answer
writing           the other half of a dialect: a question as one API's request, in `writers`
endings           when a streamed answer is whole
sse · eventstream · reading · media    streams, frames, JSON and files in bodies
wording · summary    a question and an answer as people read them
plain · adapter · adapting    conversations in plain texts, as the ``agentrec`` library has them

The dialects
openai_chat · openai_responses · openai_completions · openai_embeddings, which share openai_parts
anthropic · anthropic_complete
gemini · gemini_interactions · mistral · mistral_conversations · ollama
cohere · cohere_v1 · cohere_embed
bedrock_converse · bedrock_invoke · bedrock_texts

The names below are those that the ``agentrec`` library has; each is fetched on first use.
"""

from __future__ import annotations

from agentrec_auto.lazily import fetching

TYPE_CHECKING = False
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
    "AnthropicAdapter": "adapter",
    "Conversation": "plain",
    "DecodeError": "agentrec_auto.errors",
    "DecodedResponse": "plain",
    "MissingAPIKeyError": "agentrec_auto.errors",
    "OpenAIAdapter": "adapter",
    "ProviderAdapter": "adapter",
    "UnsupportedRequestError": "agentrec_auto.errors",
    "adapter_for_host": "adapting",
    "adapter_for_model": "adapting",
    "adapter_for_provider": "adapting",
    "adapters": "adapting",
    "build_summary": "agentrec_auto.keying.summary",
    "conversation_of": "adapting",
    "decode_interaction": "adapting",
    "format_conversation": "plain",
    "register": "adapting",
    "sse_data_lines": "sse",
}

__all__ = [*_HOMES]

__getattr__ = fetching(__name__, _HOMES)
