"""The rules of the contest as pure functions over plain data: no clock, no database, no Django, no chance but a seed passed in."""
