"""Someone starts us: off → return; on → one import hook a library.

`hook` waits in every process, `inject` holds the sitecustomize.py that loads it, `children` and `watch`
are woken by what the process does, `leave` runs at its end. `launch` and `start` are the two doors:
``agentrec run`` and ``agentrec_auto.install()``.
"""
