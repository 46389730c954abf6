"""One READ ONLY transaction for all checks that follow each other: each would else cost two round trips more."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sqlalchemy.engine import Connection

Reading = Callable[[], AbstractContextManager[Connection]]


class SharedTransaction:
    """What checks open to read; `begin` opens the transaction behind it.

    It begins with the first look, and ends with `end`, or with a check that fails; the next look begins another.
    """

    def __init__(self, begin: Reading) -> None:
        self._begin = begin
        self._opened: list[tuple[ExitStack, Connection]] = []

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Look, in the transaction."""
        if not self._opened:
            stack = ExitStack()
            self._opened.append((stack, stack.enter_context(self._begin())))
        stack, connection = self._opened[-1]
        try:
            yield connection
        except BaseException:
            self._opened.clear()
            stack.__exit__(*sys.exc_info())
            raise

    def end(self) -> None:
        """End the transaction, if one is open."""
        while self._opened:
            self._opened.pop()[0].close()


@contextmanager
def share_transaction(begin: Reading) -> Iterator[SharedTransaction]:
    """A shared transaction that ends with the block."""
    shared = SharedTransaction(begin)
    try:
        yield shared
    finally:
        shared.end()
