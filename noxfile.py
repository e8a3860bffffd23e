"""Checks in environments of their own: ``nox`` for the usual ones, ``nox -l`` for all.

Where uv is at hand it makes the environments, else virtualenv. What is given behind ``--`` goes to pytest:
``nox -s tests-3.10 -- -m "not slow"``.
"""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False  # in CI, too: what is there is tested
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["tests", "lint", "types", "contract", "docs", "build"]

PYTHONS = ["3.10", "3.11", "3.12", "3.13"]

HTTP = [
    ("0.23.*", "2.0.*"),
    ("0.24.*", "2.5.*"),
    ("0.25.*", "2.9.*"),
    ("0.26.*", "2.12.*"),
    ("0.27.*", "2.16.*"),
    ("0.28.*", "2.*"),
]
"""Versions of httpx and httpx2 that are tested together."""

OTHERS = [
    ("aiohttp==3.8.6", "urllib3==1.26.5", "requests==2.28.2", "botocore==1.34.116"),
    ("aiohttp==3.9.5", "urllib3==1.26.20", "requests==2.31.0", "botocore==1.35.36"),
    ("aiohttp==3.10.11", "urllib3==2.0.7", "requests==2.32.3", "botocore==1.36.3"),
    ("aiohttp==3.12.15", "urllib3==2.2.3", "requests==2.32.4", "botocore==1.40.0"),
    ("aiohttp>=3.14", "urllib3>=2.6", "requests>=2.34", "botocore>=1.43", "lm15>=1.5"),
]
"""Versions of the other libraries that are tested together, with which the rest of them can live."""

OF_OTHERS = ("fakes", "fakes_elsewhere", "aiohttp", "urllib3", "azure_tokens", "google_credentials")
"""Tests that need more than httpx and httpx2."""

SPELT_OTHERWISE = {
    "0.23.*": "not test_proxy and not test_compressed_arrives",
    "0.24.*": "not test_proxy",
    "0.25.*": "not test_proxy",
}
"""Tests that call httpx by names it didn't have yet (``proxy=``), or has changed since (``iter_lines``)."""

ZOO = [
    *("gunicorn", "gevent", "celery", "joblib", "nbconvert", "ipykernel", "mcp", "watchfiles", "ddtrace"),
    *(
        "opentelemetry-distro",
        "opentelemetry-instrumentation-httpx",
        "opentelemetry-exporter-otlp-proto-http",
    ),
    *("langfuse", "langsmith", "openai-agents"),
]
"""What starts processes, stands around them, or watches them."""

WITHOUT_SDKS = ["pytest", "pytest-timeout", "pytest-asyncio", "hypothesis", "h2", "brotli", "zstandard"]


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
@nox.parametrize(("httpx", "httpx2"), HTTP, ids=[f"{httpx[:4]}-{httpx2[:-2]}" for httpx, httpx2 in HTTP])
def http(session: nox.Session, httpx: str, httpx2: str) -> None:
    """The seams, in one pair of versions of httpx and httpx2."""
    session.install("-e", ".", *WITHOUT_SDKS)
    session.install(f"httpx[http2]=={httpx}")
    session.install(f"httpx2=={httpx2}")  # apart: httpx before 0.25 asks for an h11 too old for it, and runs
    chosen = ["-k", SPELT_OTHERWISE[httpx]] if httpx in SPELT_OTHERWISE else []
    session.run(
        "python",
        "-m",
        "pytest",
        "tests/seams",
        *(f"--ignore=tests/seams/test_{name}.py" for name in OF_OTHERS),
        *chosen,
        *session.posargs,
    )


@nox.session
@nox.parametrize("pins", OTHERS, ids=[pins[0][7:].strip("=>") for pins in OTHERS])
def wires(session: nox.Session, pins: tuple[str, ...]) -> None:
    """The seams in aiohttp, urllib3, requests and botocore, in one set of versions of them."""
    session.install("-e", ".", "httpx2", *WITHOUT_SDKS)
    session.install(*pins)
    session.run(
        "python",
        "-m",
        "pytest",
        "tests/seams/test_callers.py",
        "tests/seams/test_bedrock.py",
        "tests/seams/test_urllib3.py",
        *session.posargs,
    )


@nox.session
def matrix(session: nox.Session) -> None:
    """SDKs and frameworks, old and new, each in an environment of its own, made from its lock.

    All of them, or ``nox -s matrix -- sample``, ``nox -s matrix -- groq openai-1.10 -k stream``;
    ``nox -s matrix -- --lock groq`` asks the index for what is newest, and writes the lock.
    """
    session.install("-e", ".", "httpx2", "uv", "pytest-xdist", *WITHOUT_SDKS)
    words = list(session.posargs)
    if words[:1] == ["--lock"]:
        session.run("python", "tests/matrix/environments.py", *words[1:])
        return
    names = list(itertools.takewhile(lambda word: not word.startswith("-"), words))
    session.run(
        "python",
        "-m",
        "pytest",
        "tests/matrix",
        *("-q", "-n", "2", "--dist", "loadgroup"),
        *words[len(names) :],
        env={
            "AGENTREC_MATRIX": ",".join(names) or "all",
            "AGENTREC_MATRIX_ENVIRONMENTS": str(Path(session.virtualenv.location) / "editions"),
        },
    )


@nox.session
def zoo(session: nox.Session) -> None:
    """Servers, pools, launchers and tracers that start processes or send telemetry of their own."""
    session.install("-e", ".", "openai", "uvicorn", "uv", "pytest-xdist", *ZOO, *WITHOUT_SDKS)
    session.run(
        "python",
        "-m",
        "pytest",
        "tests/bootstrap/test_servers.py",
        "tests/bootstrap/test_zoo.py",
        "tests/bootstrap/test_telemetry.py",
        *session.posargs,
    )


@nox.session
def faults(session: nox.Session) -> None:
    """Everything that can go wrong, in the long form, with counts: ``FAULTS_SEED=7 nox -s faults``.

    An hour or so on two cores. `tests/faults/scale.py` has the variables. Last, each reader of bytes is
    fuzzed for a minute, where atheris is to be had.
    """
    session.install("-e", ".[test]")
    chance = os.environ.get("FAULTS_SEED") or str(random.randrange(10**6))
    env = {"FAULTS": "long", "FAULTS_SEED": chance}
    session.run("python", "-m", "pytest", "tests/faults", "-o", "timeout=7200", *session.posargs, env=env)
    try:
        session.install("atheris")
    except CommandFailed:
        session.warn("no atheris for this Python: not fuzzed")
        return
    for name in ("recordings", "requests", "answers", "streams", "packed", "chunked", "config", "imports"):
        program = ("tests/faults/fuzz.py", name, "-max_total_time=60")
        session.run("python", *program, env={"PYTHONPATH": "tests"})


@nox.session
def lint(session: nox.Session) -> None:
    """Style."""
    session.install("ruff>=0.17,<0.18")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def contract(session: nox.Session) -> None:
    """Who may import whom."""
    session.install("-e", ".", "import-linter")
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Every block and every link of the pages."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", "tests/docs", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """How fast we are beside others: ``nox -s bench -- replay stream``, ``nox -s bench -- --quick``."""
    session.install("-e", ".[bench]")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def regress(session: nox.Session) -> None:
    """Whether this tree is slower than another commit: ``nox -s regress -- --base origin/main``."""
    session.install("-e", ".", "httpx2>=2")
    session.run("python", "-m", "benchmarks.regress", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """The wheel and the source distribution, and what is in them."""
    session.install("build")
    folder = session.create_tmp()
    session.run("python", "-m", "build", "--outdir", folder, silent=True)
    session.run("python", ".ci/check_wheel.py", folder)
