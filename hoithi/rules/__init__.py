"""The rules of the contest as pure functions over plain data.

No clock, no database, no Django, and no chance but a seed passed in.
"""
