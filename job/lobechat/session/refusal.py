"""Why a server refuses a connection, whatever language it speaks: the SQLSTATE.

psycopg2 hands on the text alone, which is in the server's language and encoding.  libpq writes the SQLSTATE in its
place where it is told to (PQsetErrorVerbosity, PQERRORS_SQLSTATE of libpq 12), for which psycopg2 has no function; so
libpq is asked itself, on a connection that is made for the purpose and closed.
"""

import ctypes
import re
import select
import time
from typing import Any

import psycopg2
from psycopg2 import _psycopg
from psycopg2.extensions import POLL_OK, POLL_READ

PQERRORS_SQLSTATE = 3
SECONDS = 10.0
FROM_SERVER = ":  "  # libpq's between severity and text, in any language; none of its own messages holds it


def text_of(error: psycopg2.Error | UnicodeDecodeError) -> str:
    """What libpq says; psycopg2 cannot read it where the server's encoding is not UTF-8."""
    return error.object.decode(errors="replace") if isinstance(error, UnicodeDecodeError) else str(error)


def ask_sqlstate(connection_string: str, **arguments: Any) -> str | None:
    """Connect once more; the SQLSTATE with which the server refuses, or None where it does not, or cannot be asked."""
    try:
        connection = psycopg2.connect(connection_string, async_=True, **arguments)
    except (psycopg2.Error, UnicodeDecodeError):
        return None
    try:
        libpq = ctypes.CDLL(_psycopg.__file__)
        libpq.PQsetErrorVerbosity(ctypes.c_void_p(connection.pgconn_ptr), PQERRORS_SQLSTATE)
        _wait(connection)
    except (psycopg2.Error, UnicodeDecodeError) as exc:
        found = re.findall(rf"{FROM_SERVER}([0-9A-Z]{{5}})$", text_of(exc), re.MULTILINE)
        return found[-1] if found else None
    except (OSError, AttributeError):  # a psycopg2 that is built in another way
        return None
    finally:
        connection.close()
    return None


def _wait(connection: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while (state := connection.poll()) != POLL_OK and time.monotonic() < deadline:
        descriptors = [connection.fileno()]
        readers, writers = (descriptors, []) if state == POLL_READ else ([], descriptors)
        select.select(readers, writers, [], 1.0)
