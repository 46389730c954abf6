"""A damaged ledger: the job would take what it wrote itself for LobeChat's own."""

from job.core.errors import UnsuitableDatabaseError
from job.lobechat.session.temporary import PresentColumns
from job.lobechat.tables import LEDGER, LEDGER_SCHEMA

# Columns that a ledger of an earlier version lacks, or has by another name; a real run adds them.
LATER = {"row_changes", "transaction_id", "kept_in_lobechat"}
LATER_TABLES = {"newcomers"}


def refuse_damaged_ledger(present: PresentColumns) -> None:
    """Raise UnsuitableDatabaseError where a part of the ledger is missing; that all of it is may be a first run."""
    damage = _find_damage({table: present.get(f"{LEDGER_SCHEMA}.{table}", set()) for table in LEDGER})
    if damage:
        raise UnsuitableDatabaseError(
            f"the job's own ledger is damaged: {damage[0]}",
            hint=f"restore the schema {LEDGER_SCHEMA} from a backup; or, if you will never need to roll back, run the"
            " stage cleanup: later runs then take what is in LobeChat's tables for LobeChat's own",
            details=tuple(damage),
        )


def _find_damage(present: dict[str, set[str]]) -> list[str]:
    if not any(present.values()):
        return []
    found = []
    for table, columns in present.items():
        if not columns and table in LATER_TABLES:
            continue
        if not columns:
            found.append(f"the table {LEDGER_SCHEMA}.{table} is missing")
        found += [
            f"the column {LEDGER_SCHEMA}.{table}.{name} is missing"
            for name in LEDGER[table]
            if columns and name not in columns | LATER
        ]
    return found
