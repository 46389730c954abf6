"""Every way a run can end badly, and the exit code of each.

JobError
├── SettingsError            2   the environment is wrong
├── InputError               3   an input file is missing or bad
├── SchemaOutdatedError      4   the schema is older than the target and C2B_SCHEMA=check
├── NotLobeChatError         5   not a LobeChat database, or one that lacks what the job needs
├── UnsuitableDatabaseError  5   LobeChat's, but the job cannot work there: a replica, a pooler, an encoding, a trigger
├── UnexpectedWritesError    5   something in the database wrote too when a batch did; the batch was taken back
├── ConflictsError           6   two users want the same thing; nothing was written
├── VerificationError        7   the database is not as it should be after the migration
├── LockHeldError            8   another run is at work on this database
├── ClerkKeyError            9   Clerk refused the secret key
├── PeopleKeptOutError      10   LobeChat, as configured or as it runs, would not let the migrated users in
├── TemporaryError          75   safe to run again as it is, and likely to help
└── StoppedError       130/143   a signal ended the run; safe to run again
"""

import signal
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes, as README.md and the Kubernetes podFailurePolicy state them."""

    DONE = 0  # everything asked for is done
    BUG = 1  # an error nobody foresaw
    SETTINGS = 2
    INPUT = 3
    SCHEMA_OUTDATED = 4
    UNSUITABLE_DATABASE = 5
    CONFLICTS = 6
    VERIFICATION = 7
    LOCK_HELD = 8
    CLERK_KEY = 9
    PEOPLE_KEPT_OUT = 10
    TEMPORARY = 75  # EX_TEMPFAIL of sysexits.h
    INTERRUPTED = 128 + signal.SIGINT
    TERMINATED = 128 + signal.SIGTERM


class JobError(Exception):
    """A failure that the operator can understand: what failed, on what, and what to do next (`hint`).

    Neither text may hold a secret or a person's data.  `details` are further lines, one for each problem.
    """

    exit_code = ExitCode.BUG

    def __init__(self, message: str, *, hint: str = "", details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class SettingsError(JobError):
    """The environment is incomplete, contradicts itself or cannot be read."""

    exit_code = ExitCode.SETTINGS


class InputError(JobError):
    """An input file is missing, truncated or holds what cannot be understood."""

    exit_code = ExitCode.INPUT


class SchemaOutdatedError(JobError):
    """The database is older than the target and C2B_SCHEMA=check forbids to upgrade it."""

    exit_code = ExitCode.SCHEMA_OUTDATED


class NotLobeChatError(JobError):
    """Not a LobeChat database, or one that lacks what the job needs (an extension, a privilege, a column)."""

    exit_code = ExitCode.UNSUITABLE_DATABASE


class UnsuitableDatabaseError(JobError):
    """LobeChat's database, but one in which the job cannot work as it is: `hint` says what to change."""

    exit_code = ExitCode.UNSUITABLE_DATABASE


class UnexpectedWritesError(JobError):
    """Rows were written beside those that a batch was to write, usually by a trigger; the batch was rolled back."""

    exit_code = ExitCode.UNSUITABLE_DATABASE


class ConflictsError(JobError):
    """Users clash over an address, a name or a provider's account; nothing was written."""

    exit_code = ExitCode.CONFLICTS


class VerificationError(JobError):
    """The database does not hold what the migration promised."""

    exit_code = ExitCode.VERIFICATION


class LockHeldError(JobError):
    """Another run is at work on this database."""

    exit_code = ExitCode.LOCK_HELD


class ClerkKeyError(JobError):
    """Clerk refused the secret key (401 or 403)."""

    exit_code = ExitCode.CLERK_KEY


class PeopleKeptOutError(JobError):
    """LobeChat, as it is configured or as it runs, would keep migrated users out."""

    exit_code = ExitCode.PEOPLE_KEPT_OUT


class TemporaryError(JobError):
    """Clerk or the database is unreachable, busy or slow; the same run may succeed later."""

    exit_code = ExitCode.TEMPORARY


class StoppedError(JobError):
    """SIGINT or SIGTERM ended the run between two batches."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(
            f"stopped by {signal.Signals(signal_number).name}", hint="run again: the job goes on where it stopped"
        )
        self.exit_code = ExitCode(128 + signal_number)
