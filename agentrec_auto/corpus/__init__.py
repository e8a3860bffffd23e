"""What a corpus holds, for people: read, compare, clean and trust it.

Data first: every module gives plain dataclasses and prints nothing; `agentrec_auto.cli` shows them.

held        a corpus opened, its recordings and what can't be read
facts       what is told of a recording beside its bytes          wording     what was said, in words
query       which recordings are meant                            listing     newest first, row by row
comparing   diff        explaining  explain        curl        show --curl        stats       counted
scanning    scan        verifying   verify
changing    one change to many files: scrub, rekey, annotate      pruning     prune
"""
