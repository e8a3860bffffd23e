"""What its bytes mean: which dialect of LLM API a request speaks, and when an answer is whole."""
