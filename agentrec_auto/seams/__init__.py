"""A call comes in: where we stand in other people's libraries.

One small file a library (or family of libraries) on a shared core. `table` names them as strings, so
that start-up can look for them without importing anything.
"""
