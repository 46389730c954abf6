"""The addresses that LobeChat has, as a sign-in looks them up.

SQL's lower() follows the database's locale: under tr_TR an `I` loses its dot, under C an `Ä` stays a capital.  So every
address that is not plain ASCII in lower case comes to this side, and goes back as the mapping folds it.
"""

import csv
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO

from sqlalchemy.engine import Connection

from job.core.spool import open_spool, spooling
from job.lobechat.session.copy import copy_stream
from job.lobechat.session.copy_text import format_rows
from job.lobechat.session.sql import read_sql
from job.mapping.emails import fold_email

ROWS_AT_ONCE = 1_000
COLUMNS = ("user_id", "email_was", "email")
ODD_ADDRESSES = read_sql(__file__, "odd_addresses")


def stage_addresses(connection: Connection, folder: Path) -> None:
    """Fill `staged_addresses` (user_id, email_was, email), in two COPYs at most; `folder` takes a temporary file.

    `email` is the address trimmed and lower-cased as JavaScript does it, NULL where nothing is left.  A user without
    a row there has an address that needs no change, or an empty one.  Raises InputError where the folder takes no file.
    """
    with spooling(), open_spool(folder) as spool, closing(connection.connection.cursor()) as cursor:
        cursor.copy_expert(ODD_ADDRESSES, spool)
        spool.seek(0)
        copy_stream(connection, "staged_addresses", COLUMNS, _folded(spool))


def _folded(spool: IO[bytes]) -> Iterator[bytes]:
    rows = csv.reader(line.decode() for line in spool)
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        yield format_rows((user_id, address, fold_email(address)) for user_id, address in chunk)
