"""Pages of a round held online, for those who run it."""
