"""The plan for `users`: what each row is, what it should be, and so what happens to it."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import (
    INSERT_COLUMNS,
    UNIQUE_USER_COLUMNS,
    USER_COLUMNS,
    Column,
    kept,
    listed,
    merged,
    version,
)

_OLD = ", ".join(f"u.{column.name} AS old_{column.name}" for column in USER_COLUMNS)
_INSERT = ", ".join(
    f"CASE WHEN u.id IS NULL THEN {value} END AS insert_{name}" for name, value in INSERT_COLUMNS.items()
)
_ALL_OLD = ", ".join(f"old_{column.name}" for column in USER_COLUMNS)
_OLD_UNIQUE = listed(UNIQUE_USER_COLUMNS, "old_")
_ALL_NEW = ", ".join(f"new_{column.name}" for column in USER_COLUMNS)
_ALL_INSERT = ", ".join(f"insert_{name}" for name in INSERT_COLUMNS)


def plan_users(connection: Connection, *, only_email: bool, migrate_orphans: bool, versions: bool) -> None:
    """Fill `plan_users` from `staged_users`, LobeChat's `users` and what earlier runs left.

    only_email: the simple path, which puts right the address and nothing else.
    A user that only the CSV knows is skipped unless `migrate_orphans`.  A row that the job once wrote and that is gone
    was deleted in LobeChat since: it is not made again.  With `versions` each row's version is noted, by which apply
    tells whether it changed meanwhile; the views of a dry run have none.
    """
    new = ", ".join(f"{_value(column, only_email=only_email)} AS new_{column.name}" for column in USER_COLUMNS)
    watched = [column for column in USER_COLUMNS if column.watched and (column.name == "email" or not only_email)]
    any_kept = " OR ".join(kept(column) for column in watched)
    in_scope = "true" if migrate_orphans else "s.in_api"
    connection.execute(
        sa.text(f"""
        INSERT INTO plan_users (id, action, row_action, kept, logged, version, {_OLD_UNIQUE}, {_ALL_NEW}, {_ALL_INSERT})
        SELECT id, replace(row_action, 'deleted', 'changed_since'), row_action, kept, logged, version,
            {_OLD_UNIQUE}, {_ALL_NEW}, {_ALL_INSERT}
        FROM (SELECT *, CASE
                WHEN NOT in_scope THEN 'skipped'
                WHEN NOT present AND logged THEN 'deleted'
                WHEN NOT present THEN 'insert'
                WHEN ROW({_ALL_OLD}) IS DISTINCT FROM ROW({_ALL_NEW}) THEN 'update'
                WHEN kept THEN 'changed_since'
                ELSE 'unchanged' END AS row_action
            FROM (SELECT s.id, {in_scope} AS in_scope, u.id IS NOT NULL AS present, l.id IS NOT NULL AS logged,
                    ({any_kept}) AS kept, {version("u", versions=versions)} AS version, {_OLD}, {new}, {_INSERT}
                FROM staged_users s LEFT JOIN users u ON u.id = s.id LEFT JOIN left_users l ON l.id = s.id
                    LEFT JOIN left_bans w ON w.id = s.id
                WHERE NOT EXISTS (SELECT FROM conflicts c WHERE c.user_id = s.id)
                OFFSET 0 /* computes each new value once */) AS merged) AS decided""")
    )
    connection.execute(sa.text("ANALYZE plan_users"))


def _value(column: Column, *, only_email: bool) -> str:
    return f"u.{column.name}" if only_email and column.name != "email" else merged(column)
