"""A chunk of users on its way from Clerk's words to the session's tables: mapped, and formatted for COPY.

`python -m job.lobechat.staging.chunks` does that for the job (mapper.py): on stdin come frames of MessagePack, the
options and then the chunks; on stdout goes the answer to each.  It imports as little as can be.
"""

import gc
import signal
import sys

import msgspec

from job.clerk.models import ClerkUser, CsvUser
from job.lobechat.session.copy import format_rows
from job.lobechat.staging.frames import read_frame, write_frame
from job.mapping import map_user
from job.mapping.rows import MappingOptions

Rows = dict[str, bytes]  # of each staged table, formatted for COPY

encode = msgspec.msgpack.encode
decode_rows = msgspec.msgpack.Decoder(Rows).decode
_decode_csv_user = msgspec.msgpack.Decoder(CsvUser).decode


class Chunk(msgspec.Struct):
    """Users of the API, and the CSV's rows of the same users, each a CsvUser as MessagePack.

    Of an id that stands there twice, which is a conflict, the last row counts.  Without users the chunk is of people
    whom only the CSV knows.
    """

    users: list[ClerkUser]
    csv_rows: list[bytes]


def map_chunk(chunk: Chunk, options: MappingOptions) -> Rows:
    """The rows of these users."""
    csv_users = {row.id: row for row in map(_decode_csv_user, chunk.csv_rows)}
    if chunk.users:
        mapped = [map_user(csv_users.get(user.id), user, options) for user in chunk.users]
    else:
        mapped = [map_user(row, None, options) for row in csv_users.values()]
    return {
        "staged_users": format_rows(one.user for one in mapped),
        "staged_accounts": format_rows(account for one in mapped for account in one.accounts),
        "staged_two_factor": format_rows(
            (*one.two_factor[:5], " ".join(one.two_factor.codes)) for one in mapped if one.two_factor
        ),
        "staged_findings": format_rows(finding for one in mapped for finding in one.findings),
    }


def main() -> None:
    """Map what comes on stdin, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to both; the job decides
    gc.disable()  # what a chunk needs goes when the next one comes
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    options = msgspec.msgpack.decode(read_frame(source) or b"", type=MappingOptions)
    decode = msgspec.msgpack.Decoder(Chunk).decode
    while frame := read_frame(source):
        try:
            answer = encode(map_chunk(decode(frame), options))
        except Exception:  # noqa: BLE001 - the job maps this chunk itself, and meets the same error where it is told
            answer = b""
        write_frame(sink, answer)


if __name__ == "__main__":
    main()
