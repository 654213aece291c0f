"""The append-only log: who did what to what, in the same transaction."""
