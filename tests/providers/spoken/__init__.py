"""One small conversation, as each dialect puts it."""

from providers.spoken.anthropic import ANTHROPIC
from providers.spoken.bedrock import BEDROCK_CONVERSE, BEDROCK_INVOKE
from providers.spoken.cohere import COHERE
from providers.spoken.cohere_v1 import COHERE_V1
from providers.spoken.gemini import GEMINI
from providers.spoken.gemini_interactions import GEMINI_INTERACTIONS
from providers.spoken.mistral import MISTRAL
from providers.spoken.mistral_conversations import MISTRAL_CONVERSATIONS
from providers.spoken.ollama import OLLAMA
from providers.spoken.openai_chat import OPENAI_CHAT
from providers.spoken.openai_responses import OPENAI_RESPONSES

SPOKEN = (
    OPENAI_CHAT,
    OPENAI_RESPONSES,
    ANTHROPIC,
    GEMINI,
    GEMINI_INTERACTIONS,
    MISTRAL,
    MISTRAL_CONVERSATIONS,
    COHERE,
    COHERE_V1,
    BEDROCK_CONVERSE,
    BEDROCK_INVOKE,
    OLLAMA,
)
