"""Starts agentrec-auto in the Pythons below ``agentrec run``, then runs the sitecustomize it hides.

This folder stands first on PYTHONPATH and holds nothing else. Any Python may run this file, from 2.7 on,
and whether or not agentrec-auto is installed for it.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HOOK = "agentrec_auto.bootstrap.hook"


def start():
    """Load hook.py from where it lies, for this interpreter may not have us installed."""
    if os.environ.get("AGENTREC_MODE", "off") in ("", "off") or HOOK in sys.modules:
        return
    if sys.version_info < (3, 10) or sys.implementation.name != "cpython":
        return
    from _frozen_importlib import module_from_spec  # importlib.util would cost 5 ms
    from _frozen_importlib_external import spec_from_file_location

    spec = spec_from_file_location(HOOK, os.path.join(os.path.dirname(HERE), "hook.py"))
    sys.modules[HOOK] = hook = module_from_spec(spec)
    spec.loader.exec_module(hook)
    hook.start()


try:
    start()
except Exception as error:
    sys.stderr.write("agentrec: could not start in %s: %s\n" % (sys.executable, error))

sys.path[:] = [entry for entry in sys.path if entry != HERE]
ourselves = sys.modules.pop("sitecustomize", None)
try:
    import sitecustomize  # the one that this file hides; what it raises is for site.py to show
except ImportError as error:
    if getattr(error, "name", "sitecustomize") != "sitecustomize":
        raise
finally:
    sys.modules.setdefault("sitecustomize", ourselves)
