"""Alembic's PostgreSQL operations, each of which may find its work already done.

A database can stand half-way through a revision (a crash of another migrator).  So nothing is made that exists and
nothing is dropped that is gone; what exists in another form is found by the comparison after each revision.
Revisions write names as LobeChat does; here each gets its schema, so that nothing is looked up on a search path: tables
are in `public`, and what belongs to `pgvector.` is where that extension is (the option PGVECTOR_SCHEMA).
Importing this module puts it into effect for every revision.
"""

from typing import Any

import sqlalchemy as sa
from alembic.ddl.base import AlterTable
from alembic.ddl.postgresql import PostgresqlImpl
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, Column, Constraint, DDLElement, Index, Table

PGVECTOR_SCHEMA = "pgvector_schema"
TABLES_SCHEMA = "public"
PLAIN = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call] # leaves a percent sign as it is

CONSTRAINT_EXISTS = "SELECT FROM pg_constraint WHERE conrelid = '{table}'::regclass AND conname = '{name}'"
COLUMN_EXISTS = "SELECT FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = '{name}'"


class ResumableImpl(PostgresqlImpl):
    """The operations of the revisions, with IF EXISTS and IF NOT EXISTS throughout."""

    __dialect__ = "postgresql"

    def create_table(self, table: Table, **kw: Any) -> None:
        """Create the table without its foreign keys, then those: an existing table gets the ones it lacks."""
        super().create_table(table, if_not_exists=True, include_foreign_key_constraints=(), **kw)
        for constraint in table.foreign_key_constraints:
            self.add_constraint(constraint)

    def drop_table(self, table: Table, **kw: Any) -> None:
        """Drop the table if it is there."""
        super().drop_table(table, **kw | {"if_exists": True})

    def rename_table(self, old_table_name: str, new_table_name: Any, schema: Any = None) -> None:
        """Rename the table if it still has its old name."""
        old = f"{schema or TABLES_SCHEMA}.{old_table_name}"
        self._unless(f"SELECT WHERE to_regclass('{old}') IS NULL", f"ALTER TABLE {old} RENAME TO {new_table_name}")

    def add_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        """Add the column unless it is there."""
        super().add_column(table_name, column, **kw | {"if_not_exists": True})

    def drop_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        """Drop the column if it is there."""
        super().drop_column(table_name, column, **kw | {"if_exists": True})

    def alter_column(self, table_name: str, column_name: str, *, name: str | None = None, **kw: Any) -> None:
        """Alter the column; a new name is given unless a column has it."""
        super().alter_column(table_name, column_name, **kw)
        if name is not None:
            table = f"{TABLES_SCHEMA}.{table_name}"
            exists = COLUMN_EXISTS.format(table=table, name=name)
            self._unless(exists, f'ALTER TABLE {table} RENAME COLUMN "{column_name}" TO "{name}"')

    def add_constraint(self, const: Constraint, **_: Any) -> None:
        """Add the constraint unless the table has one of that name."""
        exists = CONSTRAINT_EXISTS.format(table=f"{TABLES_SCHEMA}.{const.table.name}", name=const.name)
        self._unless(exists, self._qualified(AddConstraint(const, isolate_from_table=True)))

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Drop the constraint if it is there."""
        super().drop_constraint(const, **kw | {"if_exists": True})

    def create_index(self, index: Index, **kw: Any) -> None:
        """Create the index unless it is there."""
        super().create_index(index, **kw | {"if_not_exists": True})

    def drop_index(self, index: Index, **kw: Any) -> None:
        """Drop the index if it is there."""
        super().drop_index(index, **kw | {"if_exists": True})

    def _unless(self, condition: str, statement: str) -> None:
        self.execute(f"DO $$ BEGIN IF NOT EXISTS ({condition}) THEN {statement}; END IF; END $$")

    def _exec(self, construct: Any, *args: Any, **kw: Any) -> Any:
        """Every statement of a revision goes through here."""
        if isinstance(construct, DDLElement):
            text = self._qualified(construct).replace("%", "%%")  # DDL takes one of two away
            construct = sa.DDL(text)  # type: ignore[no-untyped-call]
        return super()._exec(construct, *args, **kw)

    def _qualified(self, statement: DDLElement) -> str:
        """Return the statement with a schema before every name."""
        if isinstance(statement, AlterTable) and statement.schema is None:
            statement.schema = TABLES_SCHEMA
        text = str(
            statement.compile(dialect=PLAIN, schema_translate_map={None: TABLES_SCHEMA}, render_schema_translate=True)
        )
        return text.strip().replace("pgvector.", f"{self.context_opts.get(PGVECTOR_SCHEMA, TABLES_SCHEMA)}.")
