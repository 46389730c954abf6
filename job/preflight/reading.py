"""One READ ONLY transaction for all checks that follow each other: each would else cost two round trips more."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sqlalchemy.engine import Connection

Reading = Callable[[], AbstractContextManager[Connection]]


@contextmanager
def share_transaction(begin: Reading) -> Iterator[Reading]:
    """Give what a check opens to read; `begin` opens the transaction behind it.

    A check that fails ends the transaction, and the next begins another.
    """
    opened: list[tuple[ExitStack, Connection]] = []

    @contextmanager
    def reading() -> Iterator[Connection]:
        if not opened:
            stack = ExitStack()
            opened.append((stack, stack.enter_context(begin())))
        stack, connection = opened[-1]
        try:
            yield connection
        except BaseException:
            opened.clear()
            stack.__exit__(*sys.exc_info())
            raise

    try:
        yield reading
    finally:
        for stack, _ in opened:
            stack.close()
