"""The address of a rehearsal's own database, however the real one is named."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from hoithi.rehearsal.stage import address_of


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("postgresql://h/real", "postgresql://h/own"),
        ("postgresql://u:p%40@h:5433/real", "postgresql://u:p%40@h:5433/own"),
        ("postgresql://h/real?dbname=other", "postgresql://h/own"),
        ("postgresql://h/?dbname=real&sslmode=require", "postgresql://h/own?sslmode=require"),
        ("postgresql:///real?host=/var/run/pg", "postgresql:///own?host=/var/run/pg"),
        ("postgresql://", "postgresql:///own"),
    ],
)
def test_it_is_another_database_on_the_same_server(server: str, address: str) -> None:
    assert address_of(server, "own") == address
    before, after = conninfo_to_dict(server), conninfo_to_dict(address)
    assert after == before | {"dbname": "own"}


def test_an_address_that_would_lead_to_the_real_one_is_refused() -> None:
    with pytest.raises(ValueError, match="database of its own"):
        address_of("postgresql://h/real?%64bname=real", "own")
