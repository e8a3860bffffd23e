"""Azure's bearer tokens in replay: a stand-in where none is given, and only there."""

from __future__ import annotations

import sys

import pytest
from processes import Ran, Run

REFUSED = """
class Refused:
    asked = 0
    def get_token_info(self, *scopes, **options):
        Refused.asked += 1
        raise CredentialUnavailableError("nobody is logged in")
"""
SYNC = f"""
from azure.identity import CredentialUnavailableError, get_bearer_token_provider
{REFUSED}
provide = get_bearer_token_provider(Refused(), "https://cognitiveservices.azure.com/.default")
print(provide(), provide(), Refused.asked)
"""
ASYNC = f"""
import asyncio
from azure.identity import CredentialUnavailableError
from azure.identity.aio import get_bearer_token_provider
{REFUSED.replace("def get", "async def get")}
async def main():
    provide = get_bearer_token_provider(Refused(), "https://cognitiveservices.azure.com/.default")
    print(await provide(), await provide(), Refused.asked)
asyncio.run(main())
"""
GIVEN = """
from azure.core.credentials import AccessTokenInfo
from azure.identity import get_bearer_token_provider
class Given:
    def get_token_info(self, *scopes, **options): return AccessTokenInfo("mine", 2**40)
print(get_bearer_token_provider(Given(), "scope")())
"""
WRONG = """
from azure.identity import get_bearer_token_provider
class Wrong:
    def get_token_info(self, *scopes, **options): raise TypeError("a fault of the app's")
get_bearer_token_provider(Wrong(), "scope")()
"""


def asked(run_agentrec: Run, script: str, *, mode: str = "replay", **env: str) -> Ran:
    """A program that asks for tokens as apps on Azure OpenAI do."""
    return run_agentrec("run", "--mode", mode, "--", sys.executable, "-c", script, env=env)


@pytest.mark.parametrize("script", [SYNC, ASYNC], ids=["sync", "async"])
def test_a_replay_needs_none(run_agentrec: Run, script: str) -> None:
    """There is a token to send; the credential, which takes its time, is asked once."""
    ran = asked(run_agentrec, script)
    assert (ran.code, ran.stdout) == (0, "agentrec-dummy agentrec-dummy 1\n")


@pytest.mark.parametrize("script", [SYNC, ASYNC], ids=["sync", "async"])
@pytest.mark.parametrize(("mode", "wanted"), [("auto", "1"), ("replay", "0")])
def test_what_goes_out_needs_its_own(run_agentrec: Run, script: str, mode: str, wanted: str) -> None:
    """Where calls go out, and where nothing is to be made up, Azure's own error is left to be seen."""
    ran = asked(run_agentrec, script, mode=mode, AGENTREC_DUMMY_KEYS=wanted)
    assert (ran.code, "nobody is logged in" in ran.stderr) == (1, True)


def test_what_is_given_stays(run_agentrec: Run) -> None:
    """A token that is given is sent in replay, too."""
    assert asked(run_agentrec, GIVEN).stdout == "mine\n"


def test_faults_of_the_app_stay(run_agentrec: Run) -> None:
    """What isn't Azure's refusal is raised."""
    ran = asked(run_agentrec, WRONG)
    assert (ran.code, "a fault of the app's" in ran.stderr) == (1, True)
