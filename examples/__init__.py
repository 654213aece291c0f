"""Installations to look at, made of the same parts as real ones."""
