"""Who takes part, for which unit: lists, people, teams, entries."""
