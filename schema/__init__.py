"""LobeChat's tables as Alembic revisions: what a database is, and how it is brought to a later revision.

Stands alone: it imports nothing of the job.  `look`, inside a `reading`, then `apply`; the errors are those of
`schema.errors`.
"""

from schema.check import Action, PgSearch, apply, look, render
from schema.errors import SchemaError
from schema.journal import LATEST, PIN, READY
from schema.targets import releases_at, resolve_target, revision_of_release
from schema.transactions import reading
from schema.verdict import SchemaState, Verdict, inspect

__all__ = [
    "LATEST",
    "PIN",
    "READY",
    "Action",
    "PgSearch",
    "SchemaError",
    "SchemaState",
    "Verdict",
    "apply",
    "inspect",
    "look",
    "reading",
    "releases_at",
    "render",
    "resolve_target",
    "revision_of_release",
]
