"""Every way in which looking at a database or upgrading it can end badly.

SchemaError
├── TargetError              the target names no revision that can be reached from here
├── OutdatedError            older than what the caller writes to, and no upgrade was asked for
├── NotLobeChatError         not LobeChat's tables, or not as LobeChat's own migrator leaves them
├── UnsuitableDatabaseError  LobeChat's, but this server, role or setting does not let the upgrade be done
├── DuplicatesError          two rows hold one value that a revision makes unique
└── TemporaryError           busy; safe to run again as it is
    └── ConnectionLostError  the connection broke
"""


class SchemaError(Exception):
    """What failed, and what to do next (`hint`); `details` are further lines, one for each problem.

    No text holds a value of a row.
    """

    def __init__(self, message: str, *, hint: str = "", details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class TargetError(SchemaError):
    """The target is no revision or release that is known, or one that cannot be reached from here."""


class OutdatedError(SchemaError):
    """The database lacks what the caller writes to, and may not be upgraded."""


class NotLobeChatError(SchemaError):
    """The tables are not LobeChat's, or not in the form in which LobeChat's migrator would have left them."""


class UnsuitableDatabaseError(SchemaError):
    """LobeChat's database, but an extension, a privilege or a setting is missing."""


class DuplicatesError(SchemaError):
    """Rows share a value that a revision makes unique."""


class TemporaryError(SchemaError):
    """The database is busy; the same upgrade may succeed later."""


class ConnectionLostError(TemporaryError):
    """The connection broke; the revision at work was rolled back."""
