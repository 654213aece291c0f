"""Checks a contest's bundle from outside: no database, no network, no Django."""
