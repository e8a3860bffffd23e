"""The seam in urllib3, and so in requests and botocore: `HTTPConnectionPool.urlopen`.

All three send by it, whatever session, adapter, pool manager or proxy: requests and PoolManager once for
each hop, botocore once for each attempt. What retries inside it is one call. One seam, and one recording,
for the three: a response is given back in the form that the library below them has, a
`http.client.HTTPResponse`, and everything above is their own. The same in urllib3 1.26 and 2.x.

requests-mock, responses, moto and botocore's Stubber answer above us, and so win without our doing.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from agentrec_auto.forks import loading
from agentrec_auto.seams.wrapping import is_wrapped, unwrap, wrap


def patch(module: ModuleType) -> None:
    """Stand in every pool of urllib3; a second time does nothing."""
    if not is_wrapped(module.HTTPConnectionPool, "urlopen"):
        wrap(module.HTTPConnectionPool, "urlopen", _opening)


def unpatch(module: ModuleType) -> None:
    """Stand aside again."""
    unwrap(module.HTTPConnectionPool, "urlopen")


def _opening(wrapped: Any, pool: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    with loading:
        from agentrec_auto.seams.urllib3_exchange import opened  # here: importing urllib3 costs less so

    return opened(wrapped, pool, *args, **kwargs)
