"""Rounds of whole contests, played from the plan file against tables worked out by hand."""
