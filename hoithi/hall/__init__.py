"""The exam hall: a small engine of its own over an append-only journal. Knows papers without keys, answers and the clock."""
