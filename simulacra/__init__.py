"""The engine: a persona answers questions."""
