"""The fields of a form that was sent as multipart, by name: what differs between two uploads, one by one."""

from __future__ import annotations

import re

from agentrec_auto.keying.canonical import BOUNDARY

_DELIMITER = f"--{BOUNDARY.decode()}"
_NAME = re.compile(r'\bname="([^"]*)"')
_FILENAME = re.compile(r'\bfilename="([^"]*)"')

Field = str | dict[str, str]
"""A field's text; of a file, its name, its type and its content."""


def fields(body: str) -> dict[str, Field | list[Field]] | None:
    """The fields in a multipart body in its canonical form; a name that stands there twice has a list.

    None for any other body. Only to be told: content that holds the boundary itself is torn.
    """
    first, *parts = body.split(_DELIMITER)
    if first or len(parts) < 2 or not parts[-1].startswith("--"):
        return None
    found: dict[str, list[Field]] = {}
    for part in parts[:-1]:
        head, blank, content = part.partition("\r\n\r\n")
        named = _NAME.search(head)
        if not blank or named is None:
            return None
        found.setdefault(named[1], []).append(_field(head, content.removesuffix("\r\n")))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _field(head: str, content: str) -> Field:
    filename = _FILENAME.search(head)
    if filename is None:
        return content
    kind = [line for line in head.split("\r\n") if line.lower().startswith("content-type:")]
    return {"filename": filename[1], "type": kind[0][13:].strip() if kind else "", "content": content}
