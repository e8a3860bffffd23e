"""Writes down every connection that a Python of a matrix run tries, whoever tries it: a line each."""

import os
import sys


def _noted(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):  # a path is a socket of this machine's own
        line = f"{args[1][0]}:{args[1][1]}\n"
    elif event == "socket.getaddrinfo" and args[0] not in (None, "", "localhost", "127.0.0.1", "::1"):
        line = f"look-up of {args[0]!r}\n"
    else:
        return
    number = os.open(os.environ["MATRIX_CONNECTIONS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(number, line.encode())
    os.close(number)


if "MATRIX_CONNECTIONS" in os.environ:
    sys.addaudithook(_noted)
