"""What LobeChat should say, from the database."""

import hashlib
from collections.abc import Callable, Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from job.lobechat.session.database import Database
from job.lobechat.session.sql import read_sql
from job.lobechat_env.variables import LOBECHAT_PROVIDERS
from job.mapping.rows import SignIn
from job.settings import Settings

PEOPLE = 50  # asked about at most
SEED = 1  # the same people in every run, so that a second run shows whether the first one's trouble is gone

EXPECTED = sa.text(read_sql(__file__, "expected")).bindparams(
    sa.bindparam("providers", type_=ARRAY(sa.Text)),
    sa.bindparam("ids", type_=ARRAY(sa.Text)),
    sa.bindparam("test_email", type_=sa.Text),
)


class Person(msgspec.Struct):
    """A user of the sample, and what the sign-in page says where this one's address or user name is typed.

    `is_known` and `has_password` are of whom the address, trimmed and lower-cased, belongs to; `email_of_username` is
    the address that goes with the user name, None where the page finds nobody by it.
    """

    id: str
    sign_in: SignIn = msgspec.field(name="class")
    email: str | None
    username: str | None
    is_known: bool
    has_password: bool
    email_of_username: str | None


class Provider(msgspec.Struct):
    """A provider by LobeChat's id: how many users it is linked to, and how many of these have no other way in."""

    id: str
    users: int
    dependent: int


class Domain(msgspec.Struct):
    """A domain of addresses, and how many users there get in by password alone."""

    name: str
    users: int


class TrialUser(msgspec.Struct):
    """The operator's test user."""

    id: str
    sign_in: SignIn = msgspec.field(name="class")


class Expected(msgspec.Struct):
    """The database's answers at one moment; `test_user` is None where no user has that address."""

    classes: dict[SignIn, int]
    people: list[Person]
    providers: list[Provider]
    domains: list[Domain]
    test_user: TrialUser | None

    def users(self, *classes: SignIn) -> int:
        """How many users are in these classes."""
        return sum(self.classes.get(one, 0) for one in classes)


Reader = Callable[[Sequence[str] | None], Expected]


def make_reader(database: Database, settings: Settings) -> Reader:
    """A function that reads what LobeChat should say: of these users alone, or (None) of all, with a sample."""

    def read(ids: Sequence[str] | None = None) -> Expected:
        values = {**_configuration(settings), "ids": ids, "seed": SEED, "size": PEOPLE}
        with database.connect() as connection, database.transaction(connection, read_only=True):
            return msgspec.json.decode(connection.execute(EXPECTED, values).scalar_one(), type=Expected)

    return read


def _configuration(settings: Settings) -> dict[str, object]:
    """LobeChat's configuration as far as it was given; where not, its defaults, every provider and a mail service."""
    enabled = settings.auth_sso_providers
    return {
        "providers": sorted(LOBECHAT_PROVIDERS if enabled is None else enabled),
        "email_sign_in": not settings.auth_disable_email_password,
        "verification": settings.auth_email_verification,
        "mail": settings.mail_service,
        "test_email": _digest(settings.smoke_email.get_secret_value()) if settings.smoke_email else None,
    }


def _digest(address: str) -> str:
    """Of the address as LobeChat looks it up: in small letters, without white space around it."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
