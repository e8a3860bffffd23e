"""What replay answers itself, that nobody asked of a model."""

import pytest
from flow.test_recorder import events, recorder

from agentrec_auto.bootstrap.keys import DUMMY
from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow.plan import Pass, Replay
from agentrec_auto.store.memory import MemoryStore


@pytest.mark.parametrize("key", [DUMMY, "sk-of-the-app"])
def test_traces_under_a_key_that_we_made_up(key):
    """openai-agents' tracer, which it awakens, is told in replay that all is well; under the app's own it is heard."""
    head = [(b"authorization", b"Bearer " + key.encode())]
    asked = CapturedRequest("POST", "https://api.openai.com/v1/traces/ingest", head, b'{"data": []}')
    replaying = recorder(MemoryStore(), "replay")
    assert replaying.concerns("POST", asked.url, lambda: asked.content)
    plan = replaying.plan(asked, "lib")
    assert isinstance(plan, Replay if key == DUMMY else Pass)
    assert events(replaying) == []
    assert not recorder(MemoryStore(), "auto").concerns("POST", asked.url, lambda: asked.content)
