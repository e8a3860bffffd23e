"""Properties are judged by what comes out, not by how long it takes on a machine that is busy."""

from hypothesis import settings

settings.register_profile("store", deadline=None)
settings.load_profile("store")
