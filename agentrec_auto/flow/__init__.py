"""What becomes of a call: decides, opens nothing of its own. No HTTP library, no pydantic, no asyncio.

recorder     takes a request, gives a plan: start here
plan         the four things that can become of a request
scope        whether a request concerns us at all
takes        which of several recordings with one key is meant
reel         a recording made ready to be played back
tap          sees the chunks of a live response pass
keeping      from a settled tap to an interaction in the store
shelf        the responses under way, and what waits to be written
callsite · tags    what is stored beside the bytes
drift        verify: how a live answer differs from the recorded one
miss · nearest     what is said of a request that no recording answers, and the recording most like it
unsent       what replay answers itself, that nobody asked of a model
bypass       a call to a model that no seam saw
ledger       what happened, written down by each process
tally        the same, of a whole run, counted and put in words
active       what is on in this process
"""
