"""Who it is: the identity of a request for replay, and the identity of the question it asks.

canonical      one form for all spellings of a body
rules          what the user said doesn't count, or counts too
fingerprint    the key by which patched libraries are replayed
seen           requests met before, whose key is known without looking
semantic       the semantic key: of the question, whatever the provider and the model
cassette_id · summary    the identity that the ``agentrec`` library gives, for explicit transports
"""

# The module `fingerprint` is loaded first: loading it binds its name here, to itself, and what people
# import by that name is the function.
import agentrec_auto.keying.fingerprint  # noqa: F401
from agentrec_auto.keying.cassette_id import Fingerprint, default_key, fingerprint, fingerprint_of

__all__ = ["Fingerprint", "default_key", "fingerprint", "fingerprint_of"]
