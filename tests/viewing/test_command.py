"""The command, and who its server answers."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from processes import Run
from viewing.conftest import Viewed

View = Callable[..., Viewed]


@pytest.fixture
def viewed(view: View, shop: Path) -> Viewed:
    """A server of the shop's corpus."""
    return view(shop)


def test_the_address_is_secret(viewed: Viewed) -> None:
    """Without the word in its address, nothing is given."""
    root = viewed.url.rstrip("/").rpartition("/")[0]
    for path in ("/", "/list", "/favicon.ico", "/x/list", viewed.url.removeprefix(root)[:-2] + "/list"):
        assert httpx.get(root + path).status_code == 404
    assert httpx.get(viewed.url).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"host": "evil.example"}, {"host": "agentrec"}, {"origin": "https://evil.example"}, {"origin": "null"}],
    ids=str,
)
def test_who_may_ask(viewed: Viewed, headers: dict[str, str]) -> None:
    """Other names, and pages of elsewhere, are turned away even if they know the address."""
    assert httpx.get(f"{viewed.url}list", headers=headers).status_code == 403


def test_nothing_can_be_changed(viewed: Viewed, shop: Path) -> None:
    """Other methods than to look are refused."""
    before = {path: path.read_bytes() for path in shop.iterdir()}
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in ("", "list", f"recording/{next(shop.iterdir()).stem}"):
            assert httpx.request(method, viewed.url + path).status_code == 405
    assert {path: path.read_bytes() for path in shop.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("nothing", 404),
        ("..%2f..%2f..%2fetc%2fpasswd", 404),
        ("%2e%2e/%2e%2e/corpus", 404),
        ("", 404),
        ("openai_gpt-4o_0123456789abcdef", 422),
        ("..%2fbeside", 404),
        ("%00", 404),
        ("a" * 5000, 404),
    ],
    ids=lambda value: str(value)[:30],
)
def test_names_of_recordings(viewed: Viewed, shop: Path, name: str, status: int) -> None:
    """A name that is none, a recording outside of the corpus, and a torn file are told so."""
    shutil.copy(next(shop.glob("openai_gpt-9_*.json")), shop.parent / "beside.json")
    root = urlsplit(viewed.url)
    with socket.create_connection((root.hostname, root.port), timeout=10) as line:
        line.sendall(f"GET {root.path}recording/{name} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:300]
    assert b"root:" not in answer


def test_the_policy(viewed: Viewed) -> None:
    """The page may load nothing, run nothing but its own script, and be framed by nobody."""
    policy = httpx.get(viewed.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy


def test_the_end(viewed: Viewed) -> None:
    """Ctrl-C ends it in peace."""
    httpx.get(f"{viewed.url}list")
    code, stderr = viewed.end()
    assert (code, "Traceback" in stderr) == (0, False)


def test_filters(view: View, shop: Path) -> None:
    """It shows what a filter means, and no more."""
    lines = httpx.get(f"{view(shop, 'model:gpt-9').url}list").text.splitlines()
    assert lines[0] == '{"total":1}' and len(lines) == 2


def test_out(run_agentrec: Run, shop: Path, tmp_path: Path) -> None:
    """The page as a file is one file, with the newest only if so many are asked for."""
    ran = run_agentrec("view", "--corpus", shop, "--out", "page.html", "--limit", "2")
    assert (ran.code, ran.stdout) == (0, "2 recordings in page.html\n")
    text = (tmp_path / "page.html").read_text()
    assert text.count("class='row'") == 2 and "src=" not in text and "connect-src" not in text


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--corpus", "nowhere"), 2, "there is no corpus 'nowhere'"),
        (("--out", "page.html", "model:none"), 1, "nothing in"),
        (("--out", "no/such/folder/page.html"), 2, "can't write no/such/folder/page.html"),
        (("colour:red",), 2, "colour"),
    ],
    ids=str,
)
def test_asked_wrongly(run_agentrec: Run, shop: Path, words: tuple[str, ...], code: int, told: str) -> None:
    """What can't be done is said in a line."""
    corpus = () if "--corpus" in words else ("--corpus", str(shop))
    ran = run_agentrec("view", *words, *corpus)
    assert ran.code == code and told in ran.stderr
