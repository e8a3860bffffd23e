"""Where interactions live: a folder of readable files, memory, and (by the same base) others."""
