"""What a check of the running LobeChat looks at, and how it says what it found."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from job.report.model import NamedCheck
from job.smoke.expected import Expected, Reader
from job.smoke.lobechat_api import Answer, LobeChatApi


@dataclass
class Visit:
    """The running LobeChat, and what the database says of it.  Each check tells what it found by `tell`, at once.

    `release` is LobeChat's, as (2, 1, 16), once it is known; `better_auth` whether Better Auth answers.
    """

    api: LobeChatApi
    expected: Expected
    read: Reader
    tell: Callable[[NamedCheck], None]
    test_email: str | None
    test_password: str | None
    release: tuple[int, int, int] | None = None
    better_auth: bool = False


Check = Callable[[Visit], Coroutine[Any, Any, None]]


def passed(name: str, message: str) -> NamedCheck:
    """LobeChat says what it should."""
    return NamedCheck(name=name, result="passed", message=message)


def skipped(name: str, message: str) -> NamedCheck:
    """There was nothing to ask, or no way to."""
    return NamedCheck(name=name, result="skipped", message=message)


def warning(name: str, message: str, *, hint: str) -> NamedCheck:
    """Nobody is kept out; the operator should know."""
    return NamedCheck(name=name, result="warning", message=message, hint=hint)


def failed(name: str, message: str, *, hint: str, details: Sequence[str] = ()) -> NamedCheck:
    """People are kept out, or would be."""
    return NamedCheck(name=name, result="failed", message=message, hint=hint, details=list(details))


def failed_oddly(name: str, what: str, answer: Answer) -> NamedCheck:
    """An answer that no healthy LobeChat 2 gives."""
    return failed(name, f"{what}: {answer.describe()}", hint=hint_for(answer))


def hint_for(answer: Answer) -> str:
    """What to do about such an answer."""
    if answer.leads_to:
        return (
            "set CLERK_TO_BETTERAUTH_LOBECHAT_URL to the address that people are sent to, and LobeChat's APP_URL to the"
            " same"
        )
    if not answer.is_json:
        return (
            "something else answers there: check CLERK_TO_BETTERAUTH_LOBECHAT_URL, and what the proxy in front of"
            " LobeChat does with /api"
        )
    return "look at LobeChat's log of that moment"


def count_users(number: int) -> str:
    """`1 user`, `2,000 users`."""
    return "1 user" if number == 1 else f"{number:,} users"
