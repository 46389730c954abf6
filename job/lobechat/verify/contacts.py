"""Address and name of the people who need attention, for the contacts file; nothing else ever reads them."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.session.sql import read_sql

CONTACTS = sa.text(read_sql(__file__, "contacts"))


class Contact(NamedTuple):
    """How to reach one person."""

    email: str | None
    name: str | None


def read_contacts(connection: Connection, user_ids: list[str]) -> dict[str, Contact]:
    """The contacts of these users, by id."""
    rows = connection.execute(CONTACTS, {"user_ids": user_ids})
    return {user_id: Contact(email, name) for user_id, email, name in rows}
