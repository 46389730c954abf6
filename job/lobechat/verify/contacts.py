"""Address and name of the people who need attention, for the contacts file; nothing else ever reads them."""

from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

CONTACTS = sa.text(Path(__file__).with_name("contacts.sql").read_text(encoding="utf-8"))


class Contact(NamedTuple):
    """How to reach one person."""

    email: str | None
    name: str | None


def read_contacts(connection: Connection, user_ids: list[str]) -> dict[str, Contact]:
    """The contacts of these users, by id."""
    rows = connection.execute(CONTACTS, {"user_ids": user_ids})
    return {user_id: Contact(email, name) for user_id, email, name in rows}
