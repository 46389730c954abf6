"""A chunk of users on its way from Clerk's words to the session's tables: mapped, and formatted for COPY."""

import msgspec

from job.clerk.models import ClerkUser, CsvUser
from job.lobechat.copy import format_rows
from job.mapping import map_user
from job.mapping.rows import MappingOptions

_decode_csv_user = msgspec.msgpack.Decoder(CsvUser).decode


class Chunk(msgspec.Struct):
    """Users of the API, and the CSV's rows of the same users, each a CsvUser as MessagePack.

    Of an id that stands there twice, which is a conflict, the last row counts.  Without users the chunk is of people
    whom only the CSV knows.
    """

    users: list[ClerkUser]
    csv_rows: list[bytes]


def map_chunk(chunk: Chunk, options: MappingOptions) -> dict[str, bytes]:
    """Each staged table's rows, formatted for COPY."""
    csv_users = {row.id: row for row in map(_decode_csv_user, chunk.csv_rows)}
    if chunk.users:
        mapped = [map_user(csv_users.get(user.id), user, options) for user in chunk.users]
    else:
        mapped = [map_user(row, None, options) for row in csv_users.values()]
    return {
        "staged_users": format_rows(one.user for one in mapped),
        "staged_accounts": format_rows(account for one in mapped for account in one.accounts),
        "staged_two_factor": format_rows(
            (*one.two_factor[:4], " ".join(one.two_factor.codes)) for one in mapped if one.two_factor
        ),
        "staged_findings": format_rows(finding for one in mapped for finding in one.findings),
    }
