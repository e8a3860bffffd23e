"""An app that makes calls and is told nothing of us: ``asking.py SERVER CALLS TROUBLE``.

Half way something happens to its corpus. Prints how many calls were answered in full, as many as it made or
something is wrong.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import sys

import httpx2

SERVER, CALLS, TROUBLE = sys.argv[1], int(sys.argv[2]), sys.argv[3]
CORPUS = os.environ["AGENTREC_CORPUS"].removeprefix("sqlite:///")
FOLDER = CORPUS if os.path.splitext(CORPUS)[1] == "" else os.path.dirname(CORPUS)


def as_anybody() -> None:
    """Give up root's way past permissions (Linux's capabilities, version 3 of capset): owners obey them."""
    if os.geteuid() == 0:
        head, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        if ctypes.CDLL(None, use_errno=True).capset(head, nothing):
            raise OSError(ctypes.get_errno(), "capset")


def trouble() -> None:
    if TROUBLE == "file size":
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
    elif TROUBLE == "full":
        with open(os.path.join(FOLDER, "filler"), "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 1024)
            except OSError:
                pass
    elif TROUBLE == "permission":
        os.chmod(FOLDER, 0o500)
    elif TROUBLE == "unreadable":
        os.chmod(FOLDER, 0)
    elif TROUBLE == "gone":
        shutil.rmtree(FOLDER)
    elif TROUBLE == "a file":
        shutil.rmtree(FOLDER)
        with open(FOLDER, "w"):
            pass
    elif TROUBLE == "no descriptors":
        free = os.open(os.devnull, os.O_RDONLY)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))


def main() -> None:
    as_anybody()
    answered = 0
    with httpx2.Client(base_url=SERVER, trust_env=False, verify=False) as client:
        for number in range(CALLS):
            if number == CALLS // 2:
                trouble()
            body = {"model": f"m-{number}", "messages": [{"role": "user", "content": f"question {number}"}]}
            if number % 2:
                body["stream"] = True
            answer = client.post("/v1/chat/completions", json=body)
            answered += answer.status_code == 200 and ("[DONE]" in answer.text or not number % 2)
    print(answered)


if __name__ == "__main__":
    main()
