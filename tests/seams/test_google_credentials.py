"""Google's default credentials in replay: a stand-in where there are none, and only there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from processes import Ran, Run

ASK = """
import google.auth
credentials, project = google.auth.default()
credentials.refresh(None)
headers = {}
credentials.before_request(None, "POST", "https://aiplatform.googleapis.com", headers)
print(headers["authorization"], project)
"""


def asked(run_agentrec: Run, home: Path, mode: str, script: str = ASK, **env: str) -> Ran:
    """A program that asks for credentials as SDKs on Vertex AI do, where no server gives any."""
    bare = {"HOME": str(home), "NO_GCE_CHECK": "true", **env}
    return run_agentrec("run", "--mode", mode, "--", sys.executable, "-c", script, env=bare)


def test_a_replay_needs_none(run_agentrec: Run, tmp_path: Path) -> None:
    """There is a token to send, which nobody was asked for; the project is the one that the variable names."""
    ran = asked(run_agentrec, tmp_path, "replay", GOOGLE_CLOUD_PROJECT="mine")
    assert (ran.code, ran.stdout) == (0, "Bearer agentrec-dummy mine\n")


@pytest.mark.parametrize(("mode", "wanted"), [("auto", "1"), ("record", "1"), ("replay", "0")])
def test_what_goes_out_needs_its_own(run_agentrec: Run, tmp_path: Path, mode: str, wanted: str) -> None:
    """Where calls go out, and where nothing is to be made up, the library's own error is left to be seen."""
    ran = asked(run_agentrec, tmp_path, mode, AGENTREC_DUMMY_KEYS=wanted)
    assert (ran.code, "DefaultCredentialsError" in ran.stderr) == (1, True)


def test_what_is_there_stays(run_agentrec: Run, tmp_path: Path) -> None:
    """Credentials that are found are the app's in replay, too: it may speak to other services with them."""
    told = {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "mine"}
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps(told))
    script = "import google.auth; print(google.auth.default()[0].refresh_token)"
    ran = asked(run_agentrec, tmp_path, "replay", script, GOOGLE_APPLICATION_CREDENTIALS=str(path))
    assert (ran.code, ran.stdout) == (0, "mine\n")
