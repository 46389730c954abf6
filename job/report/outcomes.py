"""Each exit code in words: the headline, what it means, what to do next."""

from typing import NamedTuple

from job.core.errors import ExitCode
from job.report.wording import count


class Outcome(NamedTuple):
    """How a run ended."""

    headline: str
    meaning: str
    next_step: str


FAILED = {
    ExitCode.BUG: Outcome(
        "The job has a bug",
        "An unexpected error ended the run. Every batch was committed or rolled back as a whole.",
        "Report the log line run.bug; it holds no secrets. Running again is safe.",
    ),
    ExitCode.SETTINGS: Outcome(
        "The settings are wrong",
        "A variable is missing, wrong, or does not fit another.",
        "Correct what is named, then run again. docs/settings.md lists every variable.",
    ),
    ExitCode.INPUT: Outcome(
        "The input from Clerk is missing or wrong",
        "A file from Clerk is missing, damaged, or of another instance than the database. No user was written.",
        "Export or download it again, or correct the places named, then run again.",
    ),
    ExitCode.SCHEMA_OUTDATED: Outcome(
        "LobeChat's database is too old",
        "It lacks tables or columns that the migration writes.",
        "Run again with CLERK_TO_BETTERAUTH_SCHEMA=upgrade, or start LobeChat 2.0 once: it upgrades its database.",
    ),
    ExitCode.UNSUITABLE_DATABASE: Outcome(
        "This database cannot be migrated",
        "It is not LobeChat's, lacks what the job needs, or holds something of its own that acts on LobeChat's tables.",
        "Check the database URL, then what is named.",
    ),
    ExitCode.CONFLICTS: Outcome(
        "Conflicts stopped the run before the first user was written",
        "Two users want the same address, name, number or linked account. No user was written.",
        "Settle each at Clerk or in LobeChat and run again; or leave these users out with"
        " CLERK_TO_BETTERAUTH_CONFLICTS=skip.",
    ),
    ExitCode.VERIFICATION: Outcome(
        "Verification failed",
        "The database does not hold everything that the migration should have written.",
        "Look at the failed checks. Run migrate again, or take everything back with"
        " CLERK_TO_BETTERAUTH_STAGES=rollback.",
    ),
    ExitCode.LOCK_HELD: Outcome(
        "Another run is at work",
        "Only one run at a time may work on a database. This one wrote nothing.",
        "Wait until the other run has ended.",
    ),
    ExitCode.CLERK_KEY: Outcome(
        "Clerk refused the secret key",
        "The key is wrong, revoked, or of another instance.",
        "Copy the key from Clerk's dashboard (Configure, API Keys), then run again.",
    ),
    ExitCode.PEOPLE_KEPT_OUT: Outcome(
        "LobeChat would keep people out",
        "LobeChat, as it is configured or as it runs, does not let migrated users in.",
        "Change in LobeChat's environment or release what is named, then run again.",
    ),
    ExitCode.TEMPORARY: Outcome(
        "A temporary fault ended the run",
        "Clerk, the database or LobeChat was out of reach, busy or slow. Every batch was written as a whole or not at"
        " all.",
        "Run again with the same settings; the job goes on where it stopped.",
    ),
    ExitCode.INTERRUPTED: Outcome(
        "The run was interrupted",
        "SIGINT ended it between two batches. Every batch was written as a whole or not at all.",
        "Run again with the same settings; the job goes on where it stopped.",
    ),
    ExitCode.TERMINATED: Outcome(
        "The run was terminated",
        "SIGTERM ended it between two batches. Every batch was written as a whole or not at all.",
        "Run again with the same settings; the job goes on where it stopped.",
    ),
}
DRY_RUN = Outcome(
    "The dry run went through",
    "The numbers are those of the real run. Nothing was written.",
    "Look at who needs attention. Then run again with CLERK_TO_BETTERAUTH_DRY_RUN=0; in prod also set"
    " CLERK_TO_BETTERAUTH_CONFIRM to the database's name.",
)
MIGRATED = Outcome(
    "The users are migrated",
    "Everything asked for is done.",
    "Deploy LobeChat 2, and write to those who need attention.",
)
BY_STAGE = {
    "smoke": Outcome(
        "LobeChat lets people in",
        "Nothing was found that keeps migrated users out.",
        "Write to those who need attention.",
    ),
    "rollback": Outcome(
        "The migration was taken back",
        "The users are as they were before the migration. An upgraded schema stays upgraded.",
        "Nothing is left to do.",
    ),
    "cleanup": Outcome(
        "The job's own tables are gone",
        "LobeChat's tables stay as they are; the migration can no longer be undone.",
        "Nothing is left to do.",
    ),
    "verify": Outcome("The migration holds", "Every check passed.", "Nothing is left to do."),
    "export": Outcome(
        "Clerk's users are exported", "clerk_users.json is complete.", "Go on with a dry run of the migration."
    ),
    "check": Outcome(
        "The database was checked", "It can take the migration.", "Go on with a dry run of the migration."
    ),
}


NOTHING = Outcome(
    "There was nothing to do",
    "The job's own schema, which holds the record of what it wrote, is not in this database.",
    "Check that this is the database that was migrated; after the stage cleanup nothing can be undone.",
)


def describe_outcome(
    exit_code: int, *, dry_run: bool, stages: list[str], outcome: str = "", left_out: int = 0
) -> Outcome:
    """The words for a run's end; `outcome` is its last stage's.

    `left_out` is the number of users whom migrate left out because of conflicts, or whom rollback kept.
    """
    code = ExitCode(exit_code)
    if code is not ExitCode.DONE:
        return FAILED[code]
    if outcome.startswith("nothing"):
        return NOTHING
    if dry_run and not {"migrate", "rollback", "cleanup"}.isdisjoint(stages):
        return DRY_RUN._replace(meaning=_would_be(left_out)) if left_out and "migrate" in stages else DRY_RUN
    if "migrate" in stages:
        return MIGRATED._replace(meaning=_all_but(left_out)) if left_out else MIGRATED
    if "rollback" in stages and left_out:
        return BY_STAGE["rollback"]._replace(meaning=_taken_back_but(left_out))
    return BY_STAGE[stages[-1]]


def _would_be(users: int) -> str:
    return f"{DRY_RUN.meaning} {count(users, 'user', 'users')} would be left out because of conflicts."


def _all_but(users: int) -> str:
    left_out = count(users, "user was", "users were")
    return f"{left_out} left out because of conflicts; everything else asked for is done."


def _taken_back_but(users: int) -> str:
    kept = count(users, "user was", "users were")
    return (
        f"{kept} kept, with all that the migration gave; everybody else is as before the migration. An upgraded schema"
        " stays upgraded."
    )
