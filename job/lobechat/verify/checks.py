"""Verify: is the database as the migration promised?  Reads only; works right after it or days later.

The statement is checks.sql; here is what each check promises.
"""

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from job.lobechat.session.sql import read_sql, run_sql

CHECKS = read_sql(__file__, "checks")
CHANGED_SINCE = "changed_since"
EXAMPLES_TOLD = 3

PROMISES = {
    "users.complete": "every user in scope is in LobeChat, each field as Clerk or LobeChat has it",
    "accounts.complete": "every link and password of Clerk's users in scope has its row, or LobeChat's own row instead",
    "two_factor.complete": "every second factor of Clerk's users in scope has its row, or LobeChat's own row instead",
    "accounts.linked_once": "no account of a provider is linked twice to users in scope or by the job",
    "accounts.one_credential": "no user in scope has two passwords",
    "two_factor.only_one": "no user in scope has two second factors",
    "accounts.not_dangling": "every link, password and second factor in scope or of the job belongs to a user",
    "emails.matchable": "the address of every user in scope is one that a sign-in finds",
    "passwords.checkable": "every password that the job wrote is one that LobeChat can check",
    "bans.kept": "everybody who was shut out at Clerk is banned in LobeChat, unless LobeChat itself lifted that since",
    "ledger.users": "every user that this run wrote is there",
    "ledger.accounts": "every link and password that this run wrote is there, and belongs to the same user",
    "ledger.two_factor": "every second factor that this run wrote is there, and belongs to the same user",
    "written.users": "every user that this run wrote, and nobody wrote since, has each value as it was written",
    "written.accounts": "every link and password that this run wrote, and nobody wrote since, is as it was written",
    "written.two_factor": "every second factor that this run wrote, and nobody wrote since, is as it was written",
    "written.newcomers": "every newcomer that this run joined, and nobody wrote since, has no address, name or number",
    "ledger.batches": "every batch wrote LobeChat's four tables and the job's own alone, in the numbers recorded",
}

_DOUBLES = "a dry run of migrate names the rows, and which of them to delete"
WHAT_TO_DO = {"accounts.linked_once": _DOUBLES, "accounts.one_credential": _DOUBLES}


@dataclass(frozen=True)
class Check:
    """One thing that must hold: `count` is the number of offending rows, `examples` are ids of such users."""

    name: str
    meaning: str
    count: int
    examples: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What holds; or what should, and the rows that offend."""
        if self.passed:
            return self.meaning
        rows = "1 offending row" if self.count == 1 else f"{self.count:,} offending rows"
        some = list(dict.fromkeys(self.examples))[:EXAMPLES_TOLD]
        users = f", for instance of {', '.join(some)}" if some else ""
        return f"{self.meaning}: {rows}{users}"

    @property
    def failure(self) -> str:
        """What failed, in words; and what to do where that is not the same for every check."""
        text = f"{self.name}: {self.told}"
        return f"{text}; {WHAT_TO_DO[self.name]}" if self.name in WHAT_TO_DO else text

    @property
    def passed(self) -> bool:
        """Whether no row offends."""
        return self.count == 0


def run_checks(connection: Connection) -> tuple[list[Check], int]:
    """All checks, and how many users differ by now from what the job last wrote; on a session that has just planned."""
    found = {row.name: row for row in run_sql(connection, CHECKS)}
    changed_since = found[CHANGED_SINCE].offending_rows if CHANGED_SINCE in found else 0
    checks = [
        Check(name, promise, found[name].offending_rows, tuple(found[name].examples))
        if name in found
        else Check(name, promise, 0)
        for name, promise in PROMISES.items()
    ]
    return checks, changed_since
