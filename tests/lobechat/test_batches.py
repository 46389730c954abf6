"""A batch costs what the batch is, however large the plan."""

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from job.lobechat.session import temporary


@pytest.mark.parametrize("table", ["users", "accounts", "two_factor"])
def test_a_batch_is_read_by_its_number_alone(lobechat_url: str, table: str) -> None:
    """PostgreSQL puts the function's body into the statement and finds the batch by its index."""
    engine = sa.create_engine(lobechat_url.replace("postgresql:", "postgresql+psycopg2:", 1), poolclass=NullPool)
    with engine.begin() as connection:
        temporary.create(connection, temporary.read_present_columns(connection), {"run_id": "a run", "batch_size": 10})
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        lines = connection.exec_driver_sql(f"EXPLAIN SELECT b.id FROM pg_temp.batch_{table}(1) b").scalars().all()
    plan = "\n".join(lines)
    assert f"plan_{table}_batch_idx" in plan
    assert "Function Scan" not in plan
