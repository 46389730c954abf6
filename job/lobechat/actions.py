"""What the plan decides: what happens to a row, and what happens to a user as a whole.

Both are types of the session too (`pg_temp.row_action`, `pg_temp.user_action`), so PostgreSQL refuses a misspelt one.
"""

from enum import StrEnum


class RowAction(StrEnum):
    """What happens to one row of LobeChat's tables."""

    INSERT = "insert"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    CHANGED_SINCE = "changed_since"  # LobeChat or the user changed it after an earlier run: it stays so
    DELETED = "deleted"  # deleted in LobeChat after an earlier run: it is not made again
    CONFLICT = "conflict"
    SKIPPED = "skipped"


class UserAction(StrEnum):
    """What happens to a user: to the row of `users`, the links, the password and the second factor together."""

    INSERT = "insert"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    CHANGED_SINCE = "changed_since"
    CONFLICT = "conflict"
    SKIPPED = "skipped"


ENUMS: dict[str, type[StrEnum]] = {"row_action": RowAction, "user_action": UserAction}
