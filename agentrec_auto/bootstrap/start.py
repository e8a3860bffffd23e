"""``agentrec_auto.install()`` and ``uninstall()``: starting from inside a process that already runs."""

from __future__ import annotations

import os
import sys

from agentrec_auto.bootstrap import hook
from agentrec_auto.bootstrap.environment import settle
from agentrec_auto.bootstrap.keys import set_dummy_keys
from agentrec_auto.bootstrap.leave import leave

_changed: dict[str, tuple[str | None, str]] = {}
"""Variable → what it was before `install`, and what we made of it."""


def install(mode: str | None = None, *, corpus: str | None = None, config: str | None = None) -> None:
    """Record or replay from now on, in this process and its children.

    Libraries already imported, and clients already made, are intercepted too. What is given wins over the
    environment, and that over the config file; without any, the mode is ``auto`` (``replay`` in CI). Does
    nothing where AGENTREC_MODE is ``off``, or where agentrec is at work already (under ``agentrec run``).
    Raises `ConfigError`.
    """
    if os.environ.get("AGENTREC_MODE", "").strip() == "off" or hook.Watcher in sys.meta_path:
        return
    flags = {"mode": mode, "corpus": corpus, "config": config}
    given = {name: value for name, value in flags.items() if value is not None}
    environ = dict(os.environ)
    if settle(environ, given, names={name: f"install({name}=…)" for name in given}) == "off":
        return
    hook.begin_run(environ)
    if environ["AGENTREC_MODE"] == "replay":
        set_dummy_keys(environ)
    for name, value in environ.items():
        if os.environ.get(name) != value:
            _changed[name] = os.environ.get(name), value
            os.environ[name] = value
    hook.start()


def uninstall() -> None:
    """Stop: sum the run up if it is ours, take the seams out, and put the environment back."""
    if hook.Watcher not in sys.meta_path:
        return
    if (assemble := sys.modules.get("agentrec_auto.assemble")) is not None:
        assemble.forget()
    leave()
    _stop()
    if (patches := sys.modules.get("agentrec_auto.bootstrap.patches")) is not None:
        patches.unpatch_all()
    while _changed:
        name, (before, ours) = _changed.popitem()
        if os.environ.get(name) != ours:
            continue
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _stop() -> None:
    """Wait for no more imports, and give the standard library its own functions back."""
    hook.said.clear()
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder not in (hook.Watcher, hook.Home)]
    while hook.replaced:
        owner, name, original = hook.replaced.pop()
        if getattr(getattr(owner, name), "__wrapped__", None) is original:  # not wrapped by another since
            setattr(owner, name, original)
