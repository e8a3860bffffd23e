"""A corpus in the forms of other tools: ``agentrec export``.

    recordings ── scrubbed, oldest first ── a format ──► pieces of a file, and what was left out

exporting     the way there                           table     the formats, by name
format        what a format is                        chats     recordings as chats, for two of them
har · vcr · jsonl · openai_evals · openai_finetune    the formats

Another format is one more file with a `Format` and one line in `table`. What is stored redacted stays so, and
what the present rules redact besides is redacted on the way out.
"""
