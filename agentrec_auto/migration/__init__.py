"""Would another model break my prompts, and what would it cost? Every recorded question, asked again."""
