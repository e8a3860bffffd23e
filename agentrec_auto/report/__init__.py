"""A migration as people read it: one view of the numbers, and a renderer a format."""
