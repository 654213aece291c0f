"""Template filters of the room; each is a thin name for a pure function."""
