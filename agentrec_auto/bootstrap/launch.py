"""``agentrec run``: starts a command in the environment of a run, waits for it, and sums up.

Paid for at every start of the user's command, so it imports next to nothing; the ledger is read only where
something was written to it.
"""

from __future__ import annotations

import os

from agentrec_auto.bootstrap import hook, options, summary, supervise
from agentrec_auto.bootstrap.blind import is_awaited, kept_out
from agentrec_auto.bootstrap.environment import settle
from agentrec_auto.bootstrap.hook import say
from agentrec_auto.bootstrap.keys import drop_dummy_keys, set_dummy_keys
from agentrec_auto.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SETTINGS = ("mode", "corpus", "config", "on_miss", "speed")
"""Options that say what `agentrec_auto.settings.Settings` holds."""

WRONGLY_ASKED = 2
MISSED = 3
"""The exit code of a run whose command said 0, but whose calls were missed, refused or drifted."""

NOT_EXECUTABLE, NOT_FOUND = 126, 127
"""As a shell says it."""


def run(words: Sequence[str]) -> int:
    """Do what ``agentrec run`` is asked with ``words``, and give the exit code; `options.HelpAsked`."""
    try:
        given, command = options.parse(words)
        environ = environment_of(given)
    except (ConfigError, options.UsageError, OSError) as error:
        for sentence in str(error).splitlines():
            say(sentence)
        return WRONGLY_ASKED
    kept_out_by = _kept_out(command)
    if kept_out_by:
        say(kept_out_by)
    try:
        if "exec" in given or environ["AGENTREC_MODE"] == "off":
            supervise.become(command, environ)
        if untold := _make_ledger(environ["AGENTREC_RUN_DIR"]):
            say(untold)
            if environ["AGENTREC_MODE"] == "replay":  # which must not end well over what was missed
                return WRONGLY_ASKED
        awaited = is_awaited(command) and _await_report(environ)
        code = supervise.wait_for(command, environ)
    except OSError as error:
        summary.take_away(environ.get("AGENTREC_RUN_DIR", ""))
        return _not_started(command, error)
    ours = os.environ.get("AGENTREC_RUN_OWNER") == str(os.getpid())
    never_came = awaited and _is_unreported(environ["AGENTREC_RUN_DIR"])
    red = False
    if not untold or os.path.isdir(environ["AGENTREC_RUN_DIR"]):  # the first event may have had better luck
        red = summary.close_run(environ, outer="" if ours else os.environ.get("AGENTREC_RUN_DIR", ""))
    if never_came:
        replays = environ["AGENTREC_MODE"] == "replay" and not _may_go_live(environ)
        if replays or not kept_out_by:
            say("the command's Python never loaded agentrec: whatever it asked went live, past us")
        red = red or replays
    if code < 0:
        return supervise.die_of(-code)
    return MISSED if red and code == 0 else code


def environment_of(given: options.Given) -> dict[str, str]:
    """The environment in which the command starts: this one, the settings that hold, and a new run."""
    environ = dict(os.environ)
    flags = {name: values[-1] for name, values in given.items() if name in SETTINGS}
    if "tag" in given:
        flags["run_tags"] = ",".join(given["tag"])
    if settle(environ, flags, names={}) == "off":
        return environ
    if "no_follow" in given:
        environ["AGENTREC_FOLLOW"] = "0"
    if "exec" not in given:  # inside another run, too, a run of its own
        environ.pop("AGENTREC_RUN_ID", None)
    drop_dummy_keys(environ)
    if environ["AGENTREC_MODE"] == "replay":
        set_dummy_keys(environ)
    inside_another = "AGENTREC_RUN_ID" in environ
    hook.begin_run(environ)
    if "exec" in given and not inside_another:  # nobody will be there to read the ledger
        del environ["AGENTREC_RUN_DIR"], environ["AGENTREC_RUN_OWNER"]
    return environ


def _kept_out(command: Sequence[str]) -> str:
    """What is to be said of a command in which we can't be; of what it starts later on, others tell."""
    if (text := kept_out(command)) or os.path.basename(command[0]).startswith("python"):
        return text
    from agentrec_auto.bootstrap import scripts  # here: most commands are a Python

    return scripts.kept_out(command, os.environ.get("PATH", os.defpath))


def _make_ledger(folder: str) -> str:
    """Make the folder here, and not where the first event is: a process that can't see us (in a namespace of
    its own) takes one that isn't there for that of a run which is over. Gives what to say where it
    can't be made."""
    try:
        os.mkdir(folder, 0o700)
    except OSError as error:
        return (
            f"no folder can be made in {os.path.dirname(folder)} ({(error.strerror or str(error)).lower()}), "
            "and so what is replayed, recorded and missed can't be counted: set TMPDIR to a folder that can "
            "be written to, or do without a summary by --exec"
        )
    return ""


def _await_report(environ: dict[str, str]) -> bool:
    """Have the command's Python say that we are in it, by the time of the ledger's folder; whether it can."""
    folder = environ["AGENTREC_RUN_DIR"]
    try:
        os.utime(folder, (0, 0))
    except OSError:
        return False
    environ["AGENTREC_AWAITED"] = "1"
    return True


def _is_unreported(folder: str) -> bool:
    """Whether nobody has come by the ledger's folder since."""
    try:
        return os.stat(folder).st_mtime == 0
    except OSError:
        return False


def _may_go_live(environ: Mapping[str, str]) -> bool:
    from agentrec_auto.flow import bypass  # here: hardly any run asks

    return bypass.may_go_live(environ)


def _not_started(command: Sequence[str], error: OSError) -> int:
    word = command[0]
    meant = f": did you mean `agentrec run -- python {' '.join(command)}`?" if word.endswith(".py") else ""
    if isinstance(error, FileNotFoundError):
        say(f"no command {word!r}{meant}")
        return NOT_FOUND
    say(f"can't execute {word!r} ({(error.strerror or str(error)).lower()}){meant}")
    return NOT_EXECUTABLE
