"""``import agentrec_auto.auto`` starts agentrec in this process: the one line for code you may edit.

It is `install()`: the mode is ``auto`` unless AGENTREC_MODE or the config file says another.
"""

from agentrec_auto.bootstrap.start import install

install()
