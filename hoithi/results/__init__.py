"""Scores per round, places, qualification, awards, publication."""
