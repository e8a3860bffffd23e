"""Which library is patched by which seam: strings only, read at start-up."""

SEAMS = {
    "httpx": "agentrec_auto.seams.httpx_family",
    "httpx2": "agentrec_auto.seams.httpx_family",
    "aiohttp": "agentrec_auto.seams.aiohttp_client",
    "urllib3": "agentrec_auto.seams.urllib3_pools",
    "lm15.transports._sync": "agentrec_auto.seams.lm15_transports",
    "lm15.transports._async": "agentrec_auto.seams.lm15_transports",
    "dspy._vendor.lm15.transports._sync": "agentrec_auto.seams.lm15_transports",
    "dspy._vendor.lm15.transports._async": "agentrec_auto.seams.lm15_transports",
}
"""Module watched for → module of ours with ``patch(module)`` and ``unpatch(module)``."""
