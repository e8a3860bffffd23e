"""Moving what one store holds into another, whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.store import document
from agentrec_auto.store.base import Store


@dataclass(frozen=True, slots=True)
class Copied:
    """What `copy` did, by name."""

    copied: Sequence[str]
    same: Sequence[str]
    """There already, byte for byte."""

    kept: Sequence[str]
    """There already, and different: the target's stays."""

    broken: Sequence[str]
    """A sentence for each that can't be read."""


def copy(
    source: Store,
    target: Store,
    *,
    names: Iterable[str] | None = None,
    replace: bool = False,
    writes: bool = True,
) -> Copied:
    """Put all that ``source`` holds into ``target``, under the same names and in the same order.

    ``names``: only these, newest first. What ``target`` holds under a name already stays, unless ``replace``.
    What can't be read is told and passed over; names of key variables are taken along. Without ``writes``
    nothing is written, and what it gives is what would be done.
    """
    copied: list[str] = []
    same: list[str] = []
    kept: list[str] = []
    broken: list[str] = []
    for name in reversed(list(source.names() if names is None else names)):
        if not _is_text(name):
            broken.append(f"{name!a} is no name that others could read: rename the file")
            continue
        try:
            interaction = source.load(name)
        except KeyError:  # removed meanwhile
            continue
        except BrokenRecordingError as error:
            broken.append(str(error))
            continue
        if name in target:
            if _are_same(interaction, target, name):
                same.append(name)
                continue
            if not replace:
                kept.append(name)
                continue
        if writes:
            target.rewrite(name, interaction)
        copied.append(name)
    if writes:
        target.note_secrets(source.noted_secrets())
    return Copied(copied, same, kept, broken)


def _is_text(name: str) -> bool:
    """Not so for a file whose name's bytes are no UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _are_same(interaction: CapturedInteraction, target: Store, name: str) -> bool:
    try:
        return document.dumps(target.load(name)) == document.dumps(interaction)
    except (KeyError, BrokenRecordingError):
        return False
