"""A chunk of users on its way from Clerk's files to the session's tables: decoded, mapped, and formatted for COPY.

This is what the processes of mapper.py do.  It imports as little as can be.
"""

from typing import NamedTuple

import msgspec

from job.clerk.files.users_file import decode_user
from job.clerk.models import CsvUser
from job.lobechat.session.copy_text import format_rows
from job.mapping import map_user
from job.mapping.rows import AccountRow, Finding, MappingOptions, TwoFactorRow, UserRow

# The staged tables and their columns: those of the rows that the mapping gives, in their order.
COLUMNS: dict[str, tuple[str, ...]] = {
    "staged_users": UserRow._fields,
    "staged_accounts": AccountRow._fields,
    "staged_two_factor": TwoFactorRow._fields,
    "staged_findings": Finding._fields,
}

Rows = tuple[bytes, ...]  # of each staged table, formatted for COPY, in the order of COLUMNS

encode_csv_user = msgspec.msgpack.encode
_decode_csv_user = msgspec.msgpack.Decoder(CsvUser).decode


class Chunk(NamedTuple):
    """Users of the API, each a JSON object, and the CSV's rows of the same users, each a CsvUser as MessagePack.

    Without users the chunk is of people whom only the CSV knows.
    """

    users: list[bytes]
    csv_rows: list[bytes]


def map_chunk(chunk: Chunk, options: MappingOptions) -> Rows:
    """The rows of these users.  Raises InputError for a user that cannot be, and msgspec's errors for bad JSON."""
    csv_users = {row.id: row for row in map(_decode_csv_user, chunk.csv_rows)}
    if chunk.users:
        mapped = [map_user(csv_users.get(user.id), user, options) for user in map(decode_user, chunk.users)]
    else:
        mapped = [map_user(row, None, options) for row in csv_users.values()]
    return (
        format_rows(one.user for one in mapped),
        format_rows(account for one in mapped for account in one.accounts),
        format_rows((*one.two_factor[:-1], " ".join(one.two_factor.codes)) for one in mapped if one.two_factor),
        format_rows(finding for one in mapped for finding in one.findings),
    )
