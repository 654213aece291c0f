"""A round on stage as a log of what happened, and what follows from it (docs/decisions/0020)."""
