"""What the explicit transports and cassettes share: scopes, names of recordings, and users' own stores.

They stand on the same flow as patched libraries. What differs: a scope says which store and mode hold,
recordings are named by the id that the program (or `agentrec_auto.keying.default_key`) gives a request, and
what goes wrong is raised in the program's face.

transports    the transports, whatever library they are for
cassette      the cassette: a scope in which calls are recorded or replayed
scope         which cassette a call belongs to        threads    threads inherit it
asking        one request on its way                  names      the names of its recordings
desk          what a transport or cassette keeps: its store, its counts, its recorders
mirror        a program's own store, seen as one of ours: `bridge` waits for its coroutines, `streams` writes
              to it as chunks pass
"""
