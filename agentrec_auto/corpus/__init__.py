"""What a corpus holds, for people: read, compare, clean and trust it.

Data first: every module gives plain dataclasses and prints nothing; `agentrec_auto.cli` shows them.

held        a corpus opened, its recordings and what can't be read      nested   folders that are not of it
query · when    which recordings are meant                  listing     newest first, row by row
facts       what is told of a recording beside its bytes    wording     what was said, in words
inert       both made harmless to look at                   jsonable    as ``--json`` prints them
comparing   diff        explaining  explain        requests    requests in a file, for both
curl        show --curl         stats       counted         verifying   verify
scanning    scan: where the secrets are, in `sources` (files) and `strings` (their texts), by `generic` rules
            and those of `kingfisher`; `excerpts` shows the place without the secret
changing    one change to many files, planned first: `scrubbing` (scrub), `identity` (rekey, annotate)
pruning     prune
"""
