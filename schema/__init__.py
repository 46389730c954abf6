"""Alembic revisions 0000 to 0075 that match LobeChat's tables, and the check that runs first."""

from schema.check import run_check
from schema.journal import PIN, READY
from schema.targets import resolve_target
from schema.upgrade import render_sql, upgrade
from schema.verdict import SchemaState, Verdict, inspect

__all__ = [
    "PIN",
    "READY",
    "SchemaState",
    "Verdict",
    "inspect",
    "render_sql",
    "resolve_target",
    "run_check",
    "upgrade",
]
