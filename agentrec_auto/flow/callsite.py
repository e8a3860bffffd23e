"""Where in the app a call was made: ``app/extract.py:extract_invoice``.

The first frame, from the call outwards, that is neither the standard library, nor installed, nor ours.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from types import FrameType

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STDLIB = os.path.dirname(os.__file__) + os.sep
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def call_site(root: str) -> str | None:
    """The app's function that made the call under way, its file relative to ``root`` where it lies there.

    None where no frame of the app is on the stack (a call made on a thread of a library's own pool).
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if _is_app(frame.f_code.co_filename):
            return f"{_shown(frame.f_code.co_filename, root)}:{_name(frame)}"
        frame = frame.f_back
    return None


@lru_cache(maxsize=4096)
def _is_app(filename: str) -> bool:
    if filename.startswith("<") and not filename.startswith("<ipython"):
        return filename in ("<stdin>", "<string>")
    if any(part in filename for part in _INSTALLED):
        return False
    return not filename.startswith((_OURS, _STDLIB)) and f"{os.sep}bin{os.sep}" not in filename


@lru_cache(maxsize=4096)
def _shown(filename: str, root: str) -> str:
    path = os.path.abspath(filename) if not filename.startswith("<") else filename
    if root and path.startswith(root.rstrip(os.sep) + os.sep):
        path = path[len(root.rstrip(os.sep)) + 1 :]
    return path.replace(os.sep, "/")


def _name(frame: FrameType) -> str:
    code = frame.f_code
    name: str = getattr(code, "co_qualname", code.co_name)  # co_qualname: from Python 3.11
    return name.replace(".<locals>", "").replace("<module>", "module")
