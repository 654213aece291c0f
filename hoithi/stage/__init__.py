"""Rounds on stage: the log of the day, the secretary's console, judges' devices, the big screen."""
