"""LobeChat's tables as Alembic revisions: what a database is, and how it is brought to a later revision.

Stands alone: it imports nothing of the job.  `look`, then `apply`; the errors are those of `schema.errors`.
"""

from schema.check import Action, apply, look, render
from schema.errors import SchemaError
from schema.journal import PIN, READY
from schema.targets import resolve_target
from schema.verdict import SchemaState, Verdict, inspect

__all__ = [
    "PIN",
    "READY",
    "Action",
    "SchemaError",
    "SchemaState",
    "Verdict",
    "apply",
    "inspect",
    "look",
    "render",
    "resolve_target",
]
