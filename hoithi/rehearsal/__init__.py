"""Playing a whole round against this very server, with made-up people and questions.

`python -m hoithi.rehearsal` is a process of its own. It makes a folder (and, where the journal is
on PostgreSQL, a database) of its own, starts a real hall in it on a free port of this machine,
plays everybody through the hall's protocol, holds what was acknowledged against the journal, and
removes all of it. The real control and journal are never opened.
"""
