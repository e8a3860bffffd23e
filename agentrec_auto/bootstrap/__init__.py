"""Someone starts us: off → return; on → one import hook a library.

launch         agentrec run: options → environment (and keys) → supervise → summary
start          agentrec_auto.install() and uninstall(): environment → hook
startup_files  agentrec hook: a start-up file in one environment
inject/        the sitecustomize.py that every Python below a run executes: → hook
hook           in each process, waits for an import, and wakes:
                   patches    an HTTP library: puts its seam in place
                   watch      socket: connections past every seam
                   children   subprocess, os.exec…: programs started with an environment of their own
                   leave      the end: which SDKs there were, and the summary of a run begun here

What these share:

options        the options of agentrec run                environment    settings → variables for children
supervise      a command started, and waited for          summary        what is said at the end
keys           dummies for API keys, in replay
blind · scripts    Pythons that we are kept out of, and scripts that start one
"""
