"""Alembic's PostgreSQL operations, each of which may find its work already done.

A database can stand half-way through a revision (a crash of another migrator).  So nothing is made that exists and
nothing is dropped that is gone; what exists in another form is found by the comparison after each revision.
Importing this module puts it into effect for every revision.
"""

from typing import Any

import sqlalchemy as sa
from alembic.ddl.base import RenameTable
from alembic.ddl.postgresql import PostgresqlImpl
from sqlalchemy.schema import AddConstraint, Column, Constraint, Index, Table

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
        self._unless(
            f"SELECT WHERE to_regclass('{old_table_name}') IS NULL",
            RenameTable(old_table_name, new_table_name, schema=schema),
        )

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
            exists = COLUMN_EXISTS.format(table=table_name, name=name)
            self._unless(exists, f'ALTER TABLE {table_name} RENAME COLUMN "{column_name}" TO "{name}"')

    def add_constraint(self, const: Constraint, **_: Any) -> None:
        """Add the constraint unless the table has one of that name."""
        exists = CONSTRAINT_EXISTS.format(table=const.table.name, name=const.name)
        self._unless(exists, AddConstraint(const, isolate_from_table=True))

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        """Drop the constraint if it is there."""
        super().drop_constraint(const, **kw | {"if_exists": True})

    def create_index(self, index: Index, **kw: Any) -> None:
        """Create the index unless it is there."""
        super().create_index(index, **kw | {"if_not_exists": True})

    def drop_index(self, index: Index, **kw: Any) -> None:
        """Drop the index if it is there."""
        super().drop_index(index, **kw | {"if_exists": True})

    def _unless(self, condition: str, statement: sa.schema.DDLElement | str) -> None:
        ddl = statement if isinstance(statement, str) else str(statement.compile(dialect=self.dialect)).strip()
        self.execute(f"DO $$ BEGIN IF NOT EXISTS ({condition}) THEN {ddl}; END IF; END $$")
