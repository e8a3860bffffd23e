"""A corpus in the forms of other tools: ``agentrec export``.

    recordings ── scrubbed, oldest first ── a format ──► pieces of a file, and what was left out

Another format is one more file with a `Format` and one line in `table`. What is stored redacted stays so, and
what the present rules redact besides is redacted on the way out.
"""
