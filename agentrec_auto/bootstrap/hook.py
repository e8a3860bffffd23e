"""Waits, in every process, for the import of a library we know, and wakes the part of us that knows it.

Loaded at the start of each Python below ``agentrec run``, so it imports `os` and `sys` and does next to
nothing. `inject/sitecustomize.py` loads it by path, for agentrec-auto need not be installed there. What it
calls upon (`patches`, `children`, `watch`) is imported when it is needed and not before.
"""

import os
import sys

TYPE_CHECKING = False  # and annotations quoted: both typing and __future__ would be modules more
if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

MODES = ("off", "record", "replay", "auto", "refresh", "verify")
"""`agentrec_auto.settings.MODES`, without what importing it costs."""

LIBRARIES = (
    *("httpx", "httpx2", "aiohttp", "urllib3", "urllib.request"),
    *("lm15.transports._sync", "lm15.transports._async"),
    *("dspy._vendor.lm15.transports._sync", "dspy._vendor.lm15.transports._async"),
    *("websockets.asyncio.client", "websockets.sync.client", "websockets.legacy.client", "grpc"),
    *("google.auth", "azure.identity", "azure.identity.aio"),
)
"""The keys of `agentrec_auto.seams.table.SEAMS`; reading them there would be three more imports."""

SDKS = (
    "openai",
    "anthropic",
    "google.genai",
    "google.generativeai",
    "vertexai",
    "mistralai",
    "cohere",
    "groq",
    "together",
    "fireworks",
    "ollama",
    "replicate",
    "litellm",
    "dspy",
    "lm15",
    "portkey_ai",
    "xai_sdk",
    "claude_agent_sdk",
    "langchain_openai",
    "langchain_anthropic",
    "langchain_google_genai",
)
"""`agentrec_auto.providers.hosts.LLM_SDKS`: what is looked for at the end of every process."""

WATCHED = frozenset(("subprocess", "multiprocessing.util", "socket", *LIBRARIES))
INJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inject")
HOME = os.path.dirname(os.path.dirname(os.path.dirname(INJECT)))
replaced: "list[tuple[Any, str, Any]]" = []
"""(owner, name, original) of each function of the standard library that we wrapped."""

listening: "list[Callable[..., None]]" = []
"""The audit hook, once it is added: it can't be taken back."""


lent = {"agentrec_auto", "wrapt"}
"""Packages that an interpreter may import from our environment; also rapidfuzz, once something was missed."""

said: "dict[str, str]" = {}
"""Our variables as they were at the start: see `restore`."""


class NotInterceptedError(RuntimeError):
    """Replay was asked for, and a library can't be intercepted: importing it fails, for it would go live.

    Not an ImportError, which many catch to try another library. Defined here, so that raising it needs
    nothing else of ours.
    """


class Watcher:
    """The first finder on ``sys.meta_path``: lets the others find, and acts when the module has run."""

    @staticmethod
    def find_spec(name: str, path: "Any" = None, target: "Any" = None) -> "ModuleSpec | None":
        """Where a finder after us found a watched module, its loader made to call `wake`."""
        if name not in WATCHED or not _is_on():
            return None
        for finder in sys.meta_path[sys.meta_path.index(Watcher) + 1 :]:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(name, path, target) if find else None
            if spec is not None:
                _wake_after(spec)
                return spec
        return None


class Home:
    """The last finder: finds what is `lent`, and nothing else, where an interpreter hasn't got it itself."""

    @staticmethod
    def find_spec(name: str, path: "Any" = None, target: "Any" = None) -> "ModuleSpec | None":
        """Where it lies in AGENTREC_HOME."""
        if name not in lent:
            return None
        from _frozen_importlib_external import PathFinder

        homes = os.environ.get("AGENTREC_HOME", HOME).split(os.pathsep)
        return PathFinder.find_spec(name, homes)


def mode() -> str:
    """What AGENTREC_MODE says, ``off`` where it says nothing."""
    return os.environ.get("AGENTREC_MODE", "").strip() or "off"


def folder() -> str:
    """The working directory; empty where it was removed."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def say(text: str) -> None:
    """One line on stderr, if there is one."""
    try:
        sys.stderr.write(f"agentrec: {text}\n")
    except (OSError, ValueError, AttributeError):
        pass


def start() -> None:
    """Begin to wait, if AGENTREC_MODE says so; a second time does nothing."""
    if mode() == "off" or _is_on():
        return
    begin_run(os.environ)
    if os.environ.pop("AGENTREC_AWAITED", ""):
        _report()
    sys.meta_path.insert(0, Watcher)
    sys.meta_path.append(Home)
    if mode() == "replay" and "AGENTREC_KEYS_SET" not in os.environ:  # set by who began the run
        from agentrec_auto.bootstrap.keys import set_dummy_keys

        set_dummy_keys(os.environ)
    for name in ("execv", "execve", "posix_spawn", "posix_spawnp", "system"):
        if hasattr(os, name):
            _carry_through(os, name, 2)
    said.update((name, value) for name, value in os.environ.items() if name.startswith("AGENTREC_"))
    for name in WATCHED.intersection(sys.modules):
        wake(name, sys.modules[name])


def _report() -> None:
    """Let ``agentrec run`` see, by the time of its folder, that we are there."""
    try:
        os.utime(os.environ["AGENTREC_RUN_DIR"])
    except (OSError, KeyError):
        pass


def restore() -> None:
    """Put our variables back into an environment that the app has cleared: replay must not go live."""
    if said and "AGENTREC_MODE" not in os.environ:
        for name, value in said.items():
            os.environ.setdefault(name, value)


def begin_run(environ: "MutableMapping[str, str]") -> None:
    """Complete ``environ`` for children; the first process of a run makes up its identity."""
    if "AGENTREC_RUN_ID" not in environ:
        identity = os.urandom(8).hex()
        here = folder() or os.sep
        temporary = (environ.get("TMPDIR", ""), environ.get("TEMP", ""), "/tmp", "/var/tmp", "/dev/shm", here)
        writable = next((place for place in temporary if os.access(place, os.W_OK)), here)
        environ["AGENTREC_RUN_ID"] = identity
        environ["AGENTREC_RUN_DIR"] = os.path.join(here, writable, "agentrec-run-" + identity)
        environ["AGENTREC_RUN_OWNER"] = str(os.getpid())
        environ["AGENTREC_CWD"] = here  # from where a config file is looked for
    if "AGENTREC_HOME" not in environ:
        from _frozen_importlib_external import PathFinder

        wrapt = PathFinder.find_spec("wrapt")  # lies elsewhere where we are installed from a checkout
        homes = [HOME, os.path.dirname(os.path.dirname(wrapt.origin))] if wrapt and wrapt.origin else [HOME]
        environ["AGENTREC_HOME"] = os.pathsep.join(dict.fromkeys(homes))
    put_in_front(environ)


def put_in_front(environ: "MutableMapping[str, str]") -> None:
    """Make our folder the first on PYTHONPATH: launchers that put theirs there don't all run ours, too."""
    path = environ.get("PYTHONPATH", "")
    if path.split(os.pathsep)[0] != INJECT:
        others = [entry for entry in path.split(os.pathsep) if entry != INJECT] if path else []
        environ["PYTHONPATH"] = os.pathsep.join([INJECT, *others])


def wake(name: str, module: "ModuleType") -> None:
    """Act on a watched module that has just been imported, or that was there before us."""
    if name == "subprocess":
        _carry_through(module.Popen, "__init__", 11)
    elif name == "multiprocessing.util":  # starts spawned workers and servers past everything else
        _carry_through(module, "spawnv_passfds", 3)
    elif name == "socket":
        if not listening:
            import atexit

            listening.append(_listen)
            sys.addaudithook(_listen)
            atexit.register(_leave)
    else:
        _intercept(name, module)


def _wake_after(spec: "ModuleSpec") -> None:
    """Have the loader of ``spec`` call `wake` once it has executed the module.

    Set on the instance, so that its type and its other methods stay what they were. A loader that serves
    many modules (zipimport) acts on this one only; one that can't be set upon is left alone.
    """
    loader: Any = spec.loader
    execute: Any = getattr(loader, "exec_module", None)

    def exec_module(module: "ModuleType") -> None:
        ours = module.__name__ == spec.name
        if ours:
            loader.__dict__.pop("exec_module", None)
        execute(module)
        if ours:
            wake(spec.name, module)

    if execute is not None and not isinstance(loader, type):
        try:
            loader.exec_module = exec_module
        except (AttributeError, TypeError):
            pass


def _intercept(name: str, module: "ModuleType") -> None:
    restore()
    try:
        if mode() not in MODES:
            raise ValueError(f"unknown mode {mode()!r} in AGENTREC_MODE: expected {', '.join(MODES)}")
        from agentrec_auto.bootstrap import patches

        patches.patch(name, module)
    except Exception as error:
        version = getattr(module, "__version__", "(version unknown)")
        python = f"{sys.executable} (Python {sys.version.split()[0]})"
        text = f"can't intercept {name} {version} in {python}: {error}"
        if mode() == "replay" or mode() not in MODES:
            raise NotInterceptedError(text) from error
        say(f"{text}; its calls go out unrecorded")


def _listen(event: str, facts: "tuple[Any, ...]") -> None:
    """The audit hook: called for everything that is audited, it acts on name look-ups and connections."""
    if (event == "socket.getaddrinfo" or event == "socket.connect") and _is_on():
        restore()
        try:
            from agentrec_auto.bootstrap.watch import check
        except Exception:  # nothing to import from: the interpreter is going down
            return
        check(facts[0] if event == "socket.getaddrinfo" else facts[1])


def _leave() -> None:
    """The process ends: sum up, if it is the run's first, and note the SDKs of which no seam saw a call.

    Most processes that open a socket have nothing of this to do, and load nothing for it.
    """
    if not _is_on():
        return
    ours = os.environ.get("AGENTREC_RUN_OWNER") == str(os.getpid())
    had_any = "agentrec_auto.bootstrap.patches" in sys.modules or any(name in sys.modules for name in SDKS)
    if not had_any and not (ours and os.path.isdir(os.environ.get("AGENTREC_RUN_DIR", ""))):
        return
    try:
        from agentrec_auto.bootstrap.leave import leave

        leave()
    except Exception as error:
        say(f"the run can't be summed up: {error}")


def _judge_program(command: "Any") -> None:
    """Report a program about to be started: a native one that calls a model itself (refused in replay), or a
    Python that we are kept out of."""
    try:
        words = command.split() if isinstance(command, (str, bytes)) else command
        words = [os.fsdecode(word) for word in words]
        name = os.path.basename(words[0])
    except (TypeError, IndexError):
        return  # for the function to complain of
    try:
        if name in ("claude", "claude.exe"):
            from agentrec_auto.bootstrap.watch import check_program
        elif (
            name == "env"
            or words[0].startswith("PYTHONPATH=")
            or (name.startswith("python") and words[1:2] and words[1].startswith("-"))
        ):
            from agentrec_auto.bootstrap.blind import tell as check_program
        else:
            return
    except Exception:
        return
    check_program(words)


def _has_own_mode(environ: "Any") -> bool:
    """Whether a child's environment has a mode of its own, not a copy of ours."""
    try:
        return bool(environ) and environ.get("AGENTREC_MODE", mode()) != mode()
    except AttributeError:  # no mapping: for the function to complain of
        return False


def _is_on() -> bool:
    return Watcher in sys.meta_path


def _carry_through(owner: "Any", name: str, position: int) -> None:
    """Wrap a function that starts a program, so that its argument ``env`` doesn't lose us.

    ``position``: where ``env`` stands when it isn't named, or would if it had one.
    """
    original = getattr(owner, name)

    def call(*args: "Any", **named: "Any") -> "Any":
        restore()
        if not _is_on():
            return original(*args, **named)
        environ = args[position] if len(args) > position else named.get("env")
        if not _has_own_mode(environ):
            _judge_program(args[1] if len(args) > 1 else named.get("args", *args))
        if environ is not None:
            if os.environ.get("AGENTREC_FOLLOW") == "0":
                return original(*args, **named)
            try:
                from agentrec_auto.bootstrap.children import carry

                args, named = carry(args, named, position)
            except Exception:  # ours to lose, not the app's
                pass
        else:
            put_in_front(os.environ)
        return original(*args, **named)

    call.__name__, call.__wrapped__ = name, original  # type: ignore[attr-defined]
    setattr(owner, name, call)
    replaced.append((owner, name, original))
