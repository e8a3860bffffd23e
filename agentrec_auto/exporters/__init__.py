"""A corpus in the forms of other tools: ``agentrec export``. One format a file, named in `table`."""
