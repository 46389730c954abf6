"""`schema` stands alone."""

import ast
import sys
from pathlib import Path

import schema

ALLOWED = {"schema", "alembic", "sqlalchemy", "psycopg2", "structlog"}
STANDARD = sys.stdlib_module_names


def test_schema_imports_nothing_of_the_job() -> None:
    for file in Path(schema.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= ALLOWED | STANDARD, file
