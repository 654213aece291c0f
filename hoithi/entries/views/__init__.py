"""Pages of registration: a unit's own, and the organiser's."""
