"""Questions in the words of one API each: a writer a file, and what they have in common."""
