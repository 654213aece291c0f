"""Pages about the result of a round, for those who decide on it."""
