"""A call comes in: where we stand in other people's libraries.

`table` names the libraries and their seams as strings, so that start-up can look for them without importing
anything. A seam has a file that patches its library (imported along with it, so it is light) and one that
deals with a call (imported at the first); docs/seams.md says how to write another.

patched                what deals with a call
httpx_family           httpx_transports · httpx_played · httpx_fakes · httpx_passing (httpx and httpx2)
aiohttp_client         aiohttp_exchange · aiohttp_played · aiohttp_tapped
urllib3_pools          urllib3_exchange (and so requests and botocore)
urllib_request         urllib_exchange
lm15_transports        lm15_exchange (DSPy)
websocket_clients      upgrades: told, and refused in replay, not recorded
grpc_channels          the same

what they share
wrapping               putting a wrapper around a function, and taking it away
deciding               what each seam asks before it sends, and what a failure of our own may do
attaching              putting a tap on a response, without harm to the response
fakes                  tools that answer in the place of a server, and are left alone
wire · chunked · bodies    for the libraries on `http.client`: responses and requests as bytes
"""
