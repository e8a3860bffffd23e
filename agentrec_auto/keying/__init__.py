"""Who it is: the identity of a request for replay, and the identity of the question it asks.

canonical      one form for all spellings of a body
forms          the fields of an upload, to tell which differ
rules          what the user said doesn't count, or counts too
identity       the key by which patched libraries are replayed
seen           requests met before, whose key is known without looking
semantic       the semantic key: of the question, whatever the provider and the model
cassette_id · summary    the identity that the ``agentrec`` library gives, for explicit transports
"""

from agentrec_auto.keying.cassette_id import Fingerprint, default_key, fingerprint, fingerprint_of

__all__ = ["Fingerprint", "default_key", "fingerprint", "fingerprint_of"]
