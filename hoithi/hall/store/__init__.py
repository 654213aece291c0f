"""Control and journal, for SQLite and PostgreSQL: the only place of the hall that does I/O."""
