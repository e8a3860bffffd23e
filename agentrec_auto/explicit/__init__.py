"""What the explicit transports and cassettes share: scopes, names of recordings, and users' own stores.

They stand on the same flow as patched libraries. What differs: a scope says which store and mode hold,
recordings are named by the id that the program (or `agentrec_auto.keying.default_key`) gives a request, and
what goes wrong is raised in the program's face.
"""
