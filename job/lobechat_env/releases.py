"""What the next LobeChat does: which Better Auth it has, whom that lets in, and what it needs of PostgreSQL.

Read off LobeChat's releases; how Better Auth acts was tried with each version (docs/signin.md).
"""

from dataclasses import dataclass

from schema.errors import SchemaError
from schema.targets import revision_of_release

ASSUMED = "2.1.39"  # the last that runs on any PostgreSQL with pgvector

Version = tuple[int, ...]

_NEEDS_PG_SEARCH_FROM = (2, 1, 40)
_REFUSES_ADDRESSES_UNTIL = (2, 2, 2)  # better-auth-harmony; 2.2.3 has it no more
_BETTER_AUTH_FROM = {(2, 0, 0): "1.4.6", (2, 2, 9): "1.6.15", (2, 2, 19): "1.6.22"}  # 2.2.14 to 2.2.18 were not seen
_LINKS_VERIFIED_ONLY_FROM = (2, 2, 9)  # Better Auth 1.6
_MAIL_CODE_DELETES_PASSWORD_FROM = (2, 2, 19)  # Better Auth 1.6.22


@dataclass(frozen=True)
class Release:
    """A LobeChat 2, and the rules that hold once it runs."""

    name: str
    assumed: bool = False  # nobody said which LobeChat will run

    @property
    def version(self) -> Version:
        """The name's numbers, to be compared."""
        return tuple(map(int, self.name.split(".")))

    @property
    def revision(self) -> str | None:
        """The revision to which it brings its database at its start; None where that is not known."""
        try:
            return revision_of_release(self.name)
        except SchemaError:
            return None

    @property
    def better_auth(self) -> str:
        """The version of Better Auth; of a release between two known ones, the older one's."""
        return next(name for since, name in reversed(_BETTER_AUTH_FROM.items()) if self.version >= since)

    @property
    def needs_pg_search(self) -> bool:
        """Whether its migrations 0090 and 0093 make an extension and indexes of `pg_search`."""
        return self.version >= _NEEDS_PG_SEARCH_FROM

    @property
    def refuses_addresses(self) -> bool:
        """Whether some addresses are refused for passwords: job/mapping/refused_addresses.py."""
        return self.version <= _REFUSES_ADDRESSES_UNTIL

    @property
    def links_verified_only(self) -> bool:
        """Whether a provider's account is linked by an equal address only where LobeChat's address is verified."""
        return self.version >= _LINKS_VERIFIED_ONLY_FROM

    @property
    def mail_code_deletes_password(self) -> bool:
        """Whether a sign-in by a code or link in a mail deletes the password of a user with an unverified address."""
        return self.version >= _MAIL_CODE_DELETES_PASSWORD_FROM


def next_release(name: str | None) -> Release:
    """The release that C2B_LOBECHAT_RELEASE names, or the one that is assumed where it is not given."""
    return Release(name) if name else Release(ASSUMED, assumed=True)
