"""One question to Clerk, outside of an export."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from job.clerk.api.client import ClerkApi
from job.context import Context
from job.core.errors import TemporaryError
from job.core.stoppable import run_stoppable

T = TypeVar("T")

IDS_AT_ONCE = 100  # user ids that Clerk's list of users can be asked for (Clerk's reference of GET /users: user_id)


def count_users(context: Context, *, seconds: float | None = None) -> int:
    """How many users Clerk has.  With `seconds` it is asked once and waited for no longer.

    Raises ClerkKeyError where the key is refused, SettingsError, InputError, TemporaryError or StoppedError.
    """
    return _ask(context, lambda api: api.count(), seconds)


def find_known_ids(context: Context, ids: Sequence[str], *, seconds: float | None = None) -> set[str]:
    """Which of up to IDS_AT_ONCE user ids Clerk knows.  `seconds` and errors are those of `count_users`."""

    async def find(api: ClerkApi) -> set[str]:
        users, _ = await api.page(user_id=list(ids), limit=IDS_AT_ONCE)
        return {user.id for user in users} & set(ids)

    return _ask(context, find, seconds)


def _ask(context: Context, question: Callable[[ClerkApi], Awaitable[T]], seconds: float | None) -> T:
    settings = context.settings if seconds is None else context.settings.model_copy(update={"export_retries": 0})

    async def ask() -> T:
        async with asyncio.timeout(seconds), ClerkApi(settings) as api:
            return await question(api)

    try:
        return run_stoppable(context.stop, ask)
    except TimeoutError:
        raise TemporaryError(
            f"Clerk gave no answer in {seconds:g} seconds", hint="check the network between the job and Clerk"
        ) from None
