"""Who it is: the identity of a request for replay, and the identity of the question it asks."""

# The module `fingerprint` is loaded first: loading it binds its name here, to itself, and what people
# import by that name is the function.
import agentrec_auto.keying.fingerprint  # noqa: F401
from agentrec_auto.keying.cassette_id import Fingerprint, default_key, fingerprint, fingerprint_of

__all__ = ["Fingerprint", "default_key", "fingerprint", "fingerprint_of"]
