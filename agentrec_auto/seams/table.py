"""Which library is patched by which seam: strings only, read at start-up."""

SEAMS = {
    "httpx": "agentrec_auto.seams.httpx_family",
    "httpx2": "agentrec_auto.seams.httpx_family",
    "aiohttp": "agentrec_auto.seams.aiohttp_client",
    "urllib3": "agentrec_auto.seams.urllib3_pools",
    "urllib.request": "agentrec_auto.seams.urllib_request",
    "lm15.transports._sync": "agentrec_auto.seams.lm15_transports",
    "lm15.transports._async": "agentrec_auto.seams.lm15_transports",
    "dspy._vendor.lm15.transports._sync": "agentrec_auto.seams.lm15_transports",
    "dspy._vendor.lm15.transports._async": "agentrec_auto.seams.lm15_transports",
    "websockets.asyncio.client": "agentrec_auto.seams.websocket_clients",
    "websockets.sync.client": "agentrec_auto.seams.websocket_clients",
    "websockets.legacy.client": "agentrec_auto.seams.websocket_clients",
    "grpc": "agentrec_auto.seams.grpc_channels",
    "google.auth": "agentrec_auto.seams.google_credentials",
    "azure.identity": "agentrec_auto.seams.azure_tokens",
    "azure.identity.aio": "agentrec_auto.seams.azure_tokens",
}
"""Module watched for → module of ours with ``patch(module)`` and ``unpatch(module)``."""

UNRECORDED = frozenset(name for name in SEAMS if name.startswith("websockets.")) | {
    "grpc",
    "google.auth",
    "azure.identity",
    "azure.identity.aio",
}
"""Those that nothing is recorded of: calls of websockets and grpc to LLM hosts are told and, in replay,
refused; the others only give tokens."""
