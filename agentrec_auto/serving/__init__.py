"""``agentrec serve``: a local HTTP server that answers from a corpus as the providers would.

For apps that no Python of ours runs in: any language, a browser, curl, docker compose. Their ``base_url`` is
pointed at it; since the host is left out of keys, a recording answers here as it does in a patched library.

    listening     a socket, and requests read whole off it
    doors         who may ask: names that a browser was led here by, pages of elsewhere
    lanes         the recorders that decide, one a lane in which takes are counted
    answering     what becomes of one request: played, refused, or let through
    upstream      the real API, for modes that go live
"""
