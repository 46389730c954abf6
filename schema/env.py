"""Alembic's command line, kept in step with LobeChat's journal.  Downgrades are not offered.

Alembic's own table is a temporary one that is filled from the journal at each run and dies with the connection, so it
can never contradict the journal.  `DATABASE_URL` (a libpq URI) names the database.
"""

import os
from typing import Any

import psycopg2
import sqlalchemy as sa
from alembic import context
from alembic.util import CommandError
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from schema import journal
from schema.resumable import PGVECTOR_SCHEMA
from schema.structure import snapshot
from schema.upgrade import finish_revision

# For every transaction of the command, as those of schema/transactions.py have it.
SETTINGS = (
    "SET search_path = pg_catalog, pg_temp; SET quote_all_identifiers = off; SET standard_conforming_strings = on"
)


def run() -> None:
    """Run Alembic's command; each revision is one transaction with its row in the journal."""
    if context.is_offline_mode():
        raise CommandError("the SQL of an upgrade is written by the job's dry run (CLERK_TO_BETTERAUTH_SCHEMA=upgrade)")
    url = os.environ["DATABASE_URL"]
    engine = sa.create_engine(
        "postgresql+psycopg2://", creator=lambda: psycopg2.connect(url, client_encoding="UTF8"), poolclass=NullPool
    )
    with engine.connect() as connection:
        with connection.begin():
            connection.execute(sa.text(SETTINGS))
            mirror_journal(connection)
            opts: dict[str, Any] = {PGVECTOR_SCHEMA: snapshot(connection, ()).pgvector}
        context.configure(
            connection=connection,
            **opts,
            transaction_per_migration=True,
            on_version_apply=record_step,  # type: ignore[arg-type]  # Alembic calls it with keywords
        )
        context.run_migrations()


def mirror_journal(connection: Connection) -> None:
    """Make the temporary table in which Alembic looks for the revision."""
    connection.execute(sa.text("CREATE TEMPORARY TABLE alembic_version (version_num text)"))
    for stamp in journal.read(connection)[-1:]:
        revision = journal.revision_at(stamp) or "unknown to this release"
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})


def record_step(*, ctx: Any, step: Any, **_: Any) -> None:
    """Write the journal's row for a revision that ran; `alembic stamp` writes none."""
    if step.is_upgrade and not step.is_stamp:
        journal.create(ctx.connection)
        finish_revision(ctx.connection, step.up_revision_id)


run()
