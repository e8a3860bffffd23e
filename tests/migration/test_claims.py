"""Claims on questions: held by one, given up for the next."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from processes import run

from agentrec_auto.migration.claims import Claims

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no claims here")

OTHER = """
import asyncio, sys
from agentrec_auto.migration.claims import Claims

async def main():
    claims = Claims(sys.argv[1])
    async with claims.claimed(sys.argv[2]):
        pass
    claims.close()

asyncio.run(asyncio.wait_for(main(), 1))
"""


def is_free(file: Path, name: str) -> bool:
    """Whether another process can claim it."""
    return run(sys.executable, "-c", OTHER, str(file), name).code == 0


def test_the_last_takes_the_file_away(tmp_path):
    """As long as somebody claims something the file stays, and what is claimed is so for all."""
    file = tmp_path / "asking"

    async def main():
        claims = Claims(str(file))
        async with claims.claimed("a"):
            assert is_free(file, "b") and file.exists()
            assert not is_free(file, "a")
        claims.close()

    asyncio.run(main())
    assert not file.exists()


def test_a_file_that_was_taken_away(tmp_path):
    """Who had it open before claims in the one that is there now, and leaves that to who is in it."""
    file = tmp_path / "asking"

    async def main():
        claims = Claims(str(file))
        async with claims.claimed("a"):
            pass
        os.unlink(file)
        async with claims.claimed("a"):
            assert not is_free(file, "a")
        claims.close()

    asyncio.run(main())
    assert not file.exists()
