"""Which tags a URL gets."""

from agentrec_auto.flow.tags import Tags
from agentrec_auto.settings import Settings, TagRule

TAGS = Tags(Settings(tags=(TagRule("*/v1/chat/completions", (("team", "a"),)),)))
CHAT = "https://api.mistral.ai/v1/chat/completions"


def test_query_and_fragment():
    """A URL is matched without query and fragment: mistralai streams to ``…#stream``."""
    assert TAGS.of(CHAT) == TAGS.of(f"{CHAT}?beta=1") == TAGS.of(f"{CHAT}#stream") == {"team": "a"}


def test_other_url():
    """Another path gets none."""
    assert TAGS.of(f"{CHAT}/chatcmpl-1") == {}
