"""The exam hall: a small engine of its own over an append-only journal.

It knows papers without keys, answers and the clock; not Django, not marks.
"""
