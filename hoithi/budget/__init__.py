"""The money of a contest."""
