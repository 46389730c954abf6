"""Each exit code in words: the headline, what it means, what to do next."""

from typing import NamedTuple

from job.core.errors import ExitCode


class Outcome(NamedTuple):
    """How a run ended."""

    headline: str
    meaning: str
    next_step: str


FAILED = {
    ExitCode.BUG: Outcome(
        "The job has a mistake",
        "An error nobody foresaw ended the run. Every batch is whole: it was committed or rolled back.",
        "Report the log line run.bug; it holds no secrets. Running again is safe.",
    ),
    ExitCode.SETTINGS: Outcome(
        "The settings are wrong",
        "The environment or the database's access is not as it must be.",
        "Mend what is named, then run again. docs/settings.md lists every variable.",
    ),
    ExitCode.INPUT: Outcome(
        "An input file is missing or bad",
        "A file from Clerk could not be read to its end, so nothing was written from it.",
        "Export or download it again, or correct the places named, then run again.",
    ),
    ExitCode.SCHEMA_OUTDATED: Outcome(
        "LobeChat's database is too old",
        "It lacks tables or columns that the migration writes.",
        "Run again with CLERK_TO_BETTERAUTH_SCHEMA=upgrade, or start LobeChat 2.0 once: it upgrades its database.",
    ),
    ExitCode.UNSUITABLE_DATABASE: Outcome(
        "This database cannot be migrated",
        "It is not LobeChat's, or lacks what the job needs.",
        "Check the database URL, then what is named.",
    ),
    ExitCode.CONFLICTS: Outcome(
        "Conflicts stopped the run before the first user was written",
        "Two users want the same address, name, number or linked account. No user was written.",
        "Settle each in Clerk or LobeChat, export again, and run again; or leave these users out with"
        " CLERK_TO_BETTERAUTH_CONFLICTS=skip.",
    ),
    ExitCode.VERIFICATION: Outcome(
        "Verification failed",
        "The database does not hold all that the migration promised.",
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
        "Clerk or the database was out of reach, busy or slow. Nothing is half done.",
        "Run again as it is; the job goes on where it stood.",
    ),
    ExitCode.INTERRUPTED: Outcome(
        "The run was interrupted",
        "SIGINT ended it between two batches. Nothing is half done.",
        "Run again as it is; the job goes on where it stood.",
    ),
    ExitCode.TERMINATED: Outcome(
        "The run was terminated",
        "SIGTERM ended it between two batches. Nothing is half done.",
        "Run again as it is; the job goes on where it stood.",
    ),
}
DRY_RUN = Outcome(
    "The dry run went through",
    "The numbers are those of the real run. Nothing was written.",
    "Read who needs attention. Then run again with CLERK_TO_BETTERAUTH_DRY_RUN=0; in prod also set"
    " CLERK_TO_BETTERAUTH_CONFIRM to the database's name.",
)
MIGRATED = Outcome(
    "The users are migrated",
    "Everything asked for is done.",
    "Configure Better Auth (AUTH_SECRET, providers, mail), redeploy LobeChat, and write to those who need attention."
    " The stage rollback can take it back; the stage cleanup ends that.",
)
BY_STAGE = {
    "rollback": Outcome(
        "The migration was taken back",
        "What the job wrote of users is as it was before, but for what users changed since. An upgraded schema stays.",
        "Look at the users that were kept. The stage cleanup removes the job's own tables.",
    ),
    "cleanup": Outcome(
        "The job's own tables are gone",
        "What is in LobeChat's tables stays as it is; nothing can be taken back any more.",
        "Nothing is left to do.",
    ),
    "verify": Outcome(
        "The migration holds", "Every check passed.", "Write to those who need attention; nothing else is left to do."
    ),
    "export": Outcome(
        "Clerk's users are exported", "clerk_users.json is complete.", "Go on with a dry run of the stage migrate."
    ),
    "check": Outcome(
        "The database was checked", "It can take the migration.", "Go on with a dry run of the stage migrate."
    ),
}


NOTHING = Outcome(
    "There was nothing to do",
    "The job's own schema, which holds the record of what it wrote, is not in this database.",
    "Look whether this is the database that was migrated; after the stage cleanup nothing can be taken back.",
)


def describe_outcome(exit_code: int, *, dry_run: bool, stages: list[str], outcome: str = "") -> Outcome:
    """The words for a run's end; `outcome` is its last stage's."""
    code = ExitCode(exit_code)
    if code is not ExitCode.DONE:
        return FAILED[code]
    if outcome.startswith("nothing"):
        return NOTHING
    if dry_run and not {"migrate", "rollback", "cleanup"}.isdisjoint(stages):
        return DRY_RUN
    if "migrate" in stages:
        return MIGRATED
    return BY_STAGE[stages[-1]]
