"""A percent sign in a revision reaches the database as it is, whoever runs it."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Engine

from schema import upgrade
from tests.support.schema_databases import fetch


def revision() -> None:
    op.create_table("shares", sa.Column("id", sa.Text, primary_key=True), sa.Column("width", sa.Text))
    op.add_column("shares", sa.Column("height", sa.Text, server_default="100%"))
    op.create_check_constraint("width_in_percent", "shares", "width LIKE '%5%'")
    op.execute("INSERT INTO public.shares (id, width) SELECT n, '50%' FROM generate_series(1, 4) n WHERE n % 2 = 1")


@pytest.mark.parametrize("alembic", [False, True], ids=["the job", "Alembic's command line"])
def test_a_percent_sign_stays_one(empty: Engine, monkeypatch: pytest.MonkeyPatch, *, alembic: bool) -> None:
    only = SimpleNamespace(get_revision=lambda _: SimpleNamespace(module=SimpleNamespace(upgrade=revision)))
    monkeypatch.setattr(upgrade, "scripts", lambda: only)
    with empty.begin() as connection:
        if alembic:
            with Operations.context(MigrationContext.configure(connection)):
                revision()
        else:
            upgrade.run_revision(connection, "of this test", "public")
    assert fetch(empty, "SELECT * FROM shares ORDER BY id") == [("1", "50%", "100%"), ("3", "50%", "100%")]
    (definition,) = fetch(
        empty, "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'width_in_percent'"
    )
    assert "'%5%'" in str(definition[0])
