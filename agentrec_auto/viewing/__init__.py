"""``agentrec view``: a corpus in the browser."""
