"""What a check of the running LobeChat looks at, and what it says."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal

from job.smoke.expected import Expected, Reader
from job.smoke.lobechat_api import Answer, LobeChatApi

Result = Literal["passed", "warning", "failed", "skipped"]


@dataclass(frozen=True)
class Checked:
    """One thing asked: `message` what was found, `hint` what to do, `details` one line for each thing found."""

    name: str
    result: Result
    message: str
    hint: str = ""
    details: tuple[str, ...] = ()


@dataclass
class Visit:
    """The running LobeChat, and what the database says of it.

    `release` is LobeChat's, as (2, 1, 16), once it is known; `better_auth` whether Better Auth answers.
    """

    api: LobeChatApi
    expected: Expected
    read: Reader
    test_email: str | None
    test_password: str | None
    release: tuple[int, int, int] | None = None
    better_auth: bool = False


Check = Callable[[Visit], AsyncIterator[Checked]]


def passed(name: str, message: str) -> Checked:
    """LobeChat says what it should."""
    return Checked(name, "passed", message)


def skipped(name: str, message: str) -> Checked:
    """There was nothing to ask, or no way to."""
    return Checked(name, "skipped", message)


def warned(name: str, message: str, *, hint: str) -> Checked:
    """Nobody is kept out; the operator should know."""
    return Checked(name, "warning", message, hint)


def failed(name: str, message: str, *, hint: str, details: tuple[str, ...] = ()) -> Checked:
    """People are kept out, or would be."""
    return Checked(name, "failed", message, hint, details)


def odd(name: str, what: str, answer: Answer) -> Checked:
    """An answer that no LobeChat 2 gives."""
    return failed(name, f"{what}: {answer.describe()}", hint=hint_for(answer))


def hint_for(answer: Answer) -> str:
    """What to do about an answer that is not LobeChat's own."""
    if answer.leads_to:
        return (
            "set CLERK_TO_BETTERAUTH_LOBECHAT_URL to the address that people end at, and LobeChat's APP_URL to the same"
        )
    if not answer.is_json:
        return (
            "something else answers there: check CLERK_TO_BETTERAUTH_LOBECHAT_URL, and what the proxy in front of"
            " LobeChat does with /api"
        )
    return "look at LobeChat's own log of this moment"


def count_users(number: int) -> str:
    """`1 user`, `2,000 users`."""
    return "1 user" if number == 1 else f"{number:,} users"
