"""One READ ONLY transaction for all checks that follow each other: each would else cost two round trips more."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sqlalchemy.engine import Connection

Reading = Callable[[], AbstractContextManager[Connection]]


class SharedTransaction:
    """What checks open to read; `begin` opens the transaction behind it.

    It begins with the first look, and ends with `close`, or with a check that fails; the next look begins another.
    """

    def __init__(self, begin: Reading) -> None:
        self._begin = begin
        self._stack = ExitStack()
        self._connection: Connection | None = None  # while the transaction is open

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Look, in the transaction."""
        if self._connection is None:
            self._connection = self._stack.enter_context(self._begin())
        try:
            yield self._connection
        except BaseException:
            self._connection = None
            self._stack.__exit__(*sys.exc_info())
            raise

    def close(self) -> None:
        """End the transaction, if one is open."""
        self._connection = None
        self._stack.close()
