"""Children whose environment is replaced: what has to be added so that they stay in the run.

Loaded at the first program that is started with an environment of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from agentrec_auto.bootstrap.hook import mode, put_in_front
from agentrec_auto.bootstrap.keys import set_dummy_keys


def carry(
    args: tuple[Any, ...], named: dict[str, Any], position: int
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call, ``env`` (named, or at ``position``) replaced by `carried`."""
    if "env" in named:
        return args, {**named, "env": carried(named["env"])}
    return (*args[:position], carried(args[position]), *args[position + 1 :]), named


def carried(environ: Mapping[Any, Any] | None) -> Mapping[Any, Any] | None:
    """``environ`` with what makes a child one of this run.

    One that sets a mode of its own is left alone. A copy of ours with another PYTHONPATH sets none.
    """
    if environ is None or mode() == "off":
        return environ
    whole = {os.fsdecode(name): os.fsdecode(value) for name, value in environ.items()}
    ours = {name: value for name, value in os.environ.items() if name.startswith("AGENTREC_")}
    copied = whole.get("AGENTREC_MODE") == ours.get("AGENTREC_MODE") and (
        whole.get("AGENTREC_RUN_ID") == ours.get("AGENTREC_RUN_ID")
    )
    if "AGENTREC_MODE" in whole and not copied:
        return environ
    whole = {**ours, **whole}
    put_in_front(whole)
    if whole["AGENTREC_MODE"] == "replay":
        set_dummy_keys(whole)
    return whole
