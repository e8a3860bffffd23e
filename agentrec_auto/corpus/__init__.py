"""What a corpus holds, for people: read, compare, clean and trust it.

Data first: every module gives plain dataclasses and prints nothing; `agentrec_auto.cli` shows them.

held        a corpus opened, its recordings and what can't be read
facts       what is told of a recording beside its bytes          reading     what was asked and answered
query       which recordings are meant                            listing     ls, stats
comparing   diff        explaining  explain        curl           show --curl
scanning    scan        verifying   verify
changing    one change to many files: scrub, rekey, annotate      pruning     prune
"""
