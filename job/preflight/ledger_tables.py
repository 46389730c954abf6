"""The job's own tables must be whole, or not there yet."""

from job.lobechat.ledger.damage import refuse_damaged_ledger
from job.lobechat.session.temporary import read_present_columns
from job.preflight.check import CheckResult, Preflight, passed


def check_ledger_tables(preflight: Preflight) -> CheckResult:
    """Refuse a ledger that lacks a table or a column: the job could not tell its own rows from LobeChat's."""
    with preflight.reading() as connection:
        refuse_damaged_ledger(read_present_columns(connection))
    return passed("the tables of the schema clerk_to_betterauth are complete, or do not exist yet")
