"""The end of a process: which SDKs it had and, in the process that began the run, the summary."""

from __future__ import annotations

import os
import sys

from agentrec_auto.providers.hosts import LLM_SDKS, unset_key


def leave() -> None:
    """Note the LLM SDKs that were imported; sum the run up, if it is ours and there is anything to say."""
    sdks = [name for name in LLM_SDKS if name in sys.modules]
    intercepting = "agentrec_auto.bootstrap.patches" in sys.modules
    if sdks or intercepting:
        from agentrec_auto.flow import active, ledger  # here: most processes have no SDK

        for name in sdks:
            active.ledger.note(ledger.SEEN_SDK, name=name, unset=unset_key(name, os.environ))
        active.ledger.flush()
    if os.environ.get("AGENTREC_RUN_OWNER") != str(os.getpid()):
        return
    if sdks or _could_have_asked() or os.path.isdir(os.environ.get("AGENTREC_RUN_DIR", "")):
        from agentrec_auto.bootstrap.summary import close_run

        close_run(os.environ)


def _could_have_asked() -> bool:
    """Whether an HTTP library is intercepted other than ``urllib.request``, which pip, too, imports."""
    patches = sys.modules.get("agentrec_auto.bootstrap.patches")
    return patches is not None and any(name != "urllib.request" for name in patches.patched)
