"""The job's own schema must be the job's: whoever owns it can have the job carry out code of theirs."""

from job.lobechat.ledger.owner import refuse_foreign_ledger
from job.preflight.check import CheckResult, Preflight, passed


def check_ledger_owner(preflight: Preflight) -> CheckResult:
    """Refuse a schema clerk_to_betterauth that belongs to another role, or a table of it that does."""
    with preflight.reading() as connection:
        refuse_foreign_ledger(connection)
    return passed("the schema clerk_to_betterauth belongs to the job's role, or does not exist yet")
