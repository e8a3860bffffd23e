"""Which requests concern us, on hosts that nobody knows."""

import pytest

from agentrec_auto.flow.scope import Scope
from agentrec_auto.settings import Settings

SCOPE = Scope(Settings())


def concerned(method, path, body=None):
    return SCOPE.concerns(method, f"http://gateway.example{path}", lambda: body)


@pytest.mark.parametrize(
    "asked",
    [
        "GET /v1/responses/resp_0a1b",
        "GET /v1/responses/resp_0a1b?stream=true&starting_after=4",
        "POST /v1/responses/resp_0a1b/cancel",
        "GET /v1/responses/resp_0a1b/input_items",
        "DELETE /v1/responses/resp_0a1b",
        "GET /v1/chat/completions/chatcmpl-1/messages",
        "POST /v1/moderations",
        "GET /v1/batches/batch_1",
        "GET /v1/files/file-1/content",
        "GET /v1/fine_tuning/jobs/ftjob-1/events",
        "POST /v1/containers",
        "POST /v1/evals/eval_1/runs",
        "GET /v1/videos/video_1/content",
        "GET /v1/skills?beta=true",
        "GET /openai/files?api-version=2024-10-21",
        "GET /openai/batches/batch_1",
        "GET /v1/messages/batches/msgbatch_1/results",
        "GET /v1beta/models",
        "GET /v1beta/files/abc",
        "POST /upload/v1beta/files",
        "GET /v1beta/batches/1",
        "POST /v1beta/cachedContents",
        "GET /v1beta/interactions/1",
        "GET /v1/interactions/1",
        "POST /v1/cachedContents",
        "GET /v1/fileSearchStores/1/documents",
    ],
)
def test_calls_without_a_question(asked):
    """What SDKs ask beside questions is known by its path alone, on a gateway, too."""
    assert concerned(*asked.split(" "))


@pytest.mark.parametrize(
    "asked",
    [
        "GET /v1/responses/12",
        "GET /api/responses",
        "GET /moderations",
        "GET /v1/users",
        "GET /videos/7",
        "POST /v1beta/events",
    ],
)
def test_calls_of_other_services(asked):
    """A path that other services have, too, isn't taken for an LLM's."""
    assert not concerned(*asked.split(" "))


FILE = "https://api.openai.com/v1/files/file-1/content"
BLOB = "https://blobs.example/b/1?sig=0"
TO_BLOB = [(b"Location", BLOB.encode())]


def met(scope, url):
    return scope.concerns("GET", url, lambda: None)


def test_redirected():
    """Where an answer redirects to is in scope from then on; where another answer points to isn't."""
    scope = Scope(Settings())
    assert not met(scope, BLOB)
    scope.follow(FILE, 201, TO_BLOB)
    assert not met(scope, BLOB)
    scope.follow(FILE, 302, TO_BLOB)
    assert met(scope, BLOB) and not met(scope, "https://blobs.example/b/2")


def test_redirected_to_what_is_excluded():
    """What is excluded stays so."""
    scope = Scope(Settings(exclude=("*://blobs.example/*",)))
    scope.follow(FILE, 302, TO_BLOB)
    assert not met(scope, BLOB)


@pytest.mark.parametrize("location", [b"//[", b"\xff", b"", b"http://[::1"])
def test_redirected_to_nowhere(location):
    """A location that is no URL is the client's to tell of."""
    Scope(Settings()).follow(FILE, 302, [(b"location", location)])


def test_questions_anywhere():
    """A body that asks a model does, wherever it goes."""
    assert concerned("POST", "/ask", b'{"model": "m", "input": "q"}')
    assert not concerned("POST", "/ask", b'{"model": "T", "colour": "black"}')


def test_questions_to_the_one_model_of_a_server():
    """Hugging Face's servers are asked without a model's name; a server of tensors is another thing."""
    assert concerned("POST", "/", b'{"inputs": "q", "parameters": {}, "stream": true}')
    assert not concerned("POST", "/", b'{"inputs": [{"name": "x", "data": [1]}], "parameters": {}}')
    assert not concerned("POST", "/", b'{"inputs": "q"}')
