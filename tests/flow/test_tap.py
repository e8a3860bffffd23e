"""What a tap makes of a response that passes: the ending, and one report of it."""

import gzip

import pytest

from agentrec_auto.capture import Ending
from agentrec_auto.flow.tap import Tap

SSE = [(b"content-type", b"text/event-stream"), (b"transfer-encoding", b"chunked")]
HTTP = {"http_version": b"HTTP/1.1"}


class Heard:
    """An outlet that remembers what it was told."""

    def __init__(self):
        self.endings, self.longer, self.orphans, self.errors = [], 0, [], []

    def settled(self, tap, ending):
        self.endings.append((ending, len(tap.chunks)))

    def extended(self, tap):
        self.longer += 1

    def dropped(self, tap):
        self.orphans.append(tap)

    def failed(self, tap, error):
        self.errors.append(error)


def tapped(headers, *chunks, extensions=HTTP):
    heard = Heard()
    tap = Tap(heard)
    tap.head(200, headers, extensions)
    for chunk in chunks:
        tap.see(chunk)
    return tap, heard


def test_last_byte():
    """A body read to its end is complete, and closing it says nothing more."""
    tap, heard = tapped([(b"content-type", b"application/json")], b"{", b"}")
    tap.finished()
    tap.closed()
    tap.dropped()
    assert heard.endings == [(Ending.COMPLETE, 2)] and not heard.orphans
    assert tap.whole is None


def test_terminator():
    """A stream is complete, and reported, when its last event has passed; nobody need close it."""
    tap, heard = tapped(SSE, b"data: {}\n\n", b"data: [DO")
    assert heard.endings == []
    tap.see(b"NE]\n\n")
    assert heard.endings == [(Ending.COMPLETE, 3)] and tap.whole is True


def test_after_the_terminator():
    """What comes after the last event is kept: one more report asks for a longer writing."""
    tap, heard = tapped(SSE, b"data: [DONE]\n\n", b": trailing\n\n")
    tap.finished()
    tap.closed()
    assert (heard.endings, heard.longer, len(tap.chunks)) == ([(Ending.COMPLETE, 1)], 1, 2)


def test_compressed_stream():
    """The last event is seen through gzip."""
    packed = gzip.compress(b"data: {}\n\ndata: [DONE]\n\n")
    tap, heard = tapped([*SSE, (b"content-encoding", b"gzip")], packed[:15])
    assert heard.endings == []
    tap.see(packed[15:])
    assert heard.endings == [(Ending.COMPLETE, 2)]


def test_closed_early():
    """Closed before its end, a response was abandoned by the caller."""
    tap, heard = tapped(SSE, b"data: {}\n\n")
    tap.closed()
    assert heard.endings == [(Ending.ABANDONED, 1)]


def test_closed_at_its_length():
    """Closed after as many bytes as were announced, it is complete."""
    tap, heard = tapped([(b"content-length", b"2")], b"{}")
    tap.closed()
    assert heard.endings == [(Ending.COMPLETE, 1)]


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (ConnectionError(), Ending.FAILED),
        (KeyboardInterrupt(), Ending.ABANDONED),
        (GeneratorExit(), Ending.ABANDONED),
    ],
)
def test_broke(error, ending):
    """An error is the server's fault; an interruption or a cancellation is the caller's doing."""
    tap, heard = tapped(SSE, b"data: {}\n\n")
    tap.broke(error)
    tap.closed()
    assert heard.endings == [(ending, 1)]


def test_end_of_connection():
    """A stream without framing and without its last event, ended by the connection's end, was cut off."""
    tap, heard = tapped([(b"content-type", b"text/event-stream")], b"data: {}\n\n")
    tap.finished()
    assert heard.endings == [(Ending.FAILED, 1)]


def test_end_without_terminator():
    """The same with framing is how the server meant it: complete, and known not to be whole."""
    tap, heard = tapped(SSE, b"data: {}\n\n")
    tap.finished()
    assert heard.endings == [(Ending.COMPLETE, 1)] and tap.whole is False


def test_dropped():
    """A response that is collected unfinished is only queued: finalisers touch no file."""
    tap, heard = tapped(SSE, b"data: {}\n\n")
    tap.dropped()
    assert heard.endings == [] and heard.orphans == [tap]
    tap.closed()
    assert heard.endings == [(Ending.ABANDONED, 1)]


def test_own_failure():
    """A tap that fails goes mute after one report; nothing of it reaches the caller."""
    tap, heard = tapped(SSE, b"data: {}\n\n")
    heard.settled = None
    tap.see(b"data: [DONE]\n\n")
    tap.see(b"more")
    tap.finished()
    assert [type(error) for error in heard.errors] == [TypeError]


def test_first_pass_only():
    """Only one pass over a body is the tap's; a second sees nothing."""
    tap, _ = tapped(SSE)
    assert [tap.enters(), tap.enters()] == [True, False]
