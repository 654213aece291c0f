"""Whether the desk's tables are there, and as this version wants them."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def wrong_with_tables() -> str:
    """What is wrong and what to do; empty when nothing is."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"cannot be reached: {str(error).strip().splitlines()[0]}"
    return f"{len(missing)} migrations wait; run hoithi setup" if missing else ""
