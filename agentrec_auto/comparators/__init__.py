"""How alike two answers are: one comparator a file."""
