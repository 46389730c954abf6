"""How a simulated LobeChat 2 is deployed, and what stands in front of it: the faults to switch on."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

BUILT_IN = frozenset({"apple", "cognito", "github", "google", "microsoft"})
OTHERS = frozenset({"auth0", "generic-oidc", "keycloak", "logto"})
PAGE = b"<!doctype html><title>Welcome</title><p>A page of a proxy, or of another program."


class Answer(NamedTuple):
    """Status, JSON body (None: nothing at all), and further headers."""

    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Request:
    """What a client sent: `session` is the token of a cookie that this server signed, or empty."""

    method: str
    path: str
    body: dict[str, Any]
    address: str
    origin: str
    cookie: str
    session: str


@dataclass
class Behaviour:
    """The defaults are those of a healthy LobeChat.

    leads_back_to: the origin to which providers are told to send people; empty: its own.  refused_domains: refused as
    LobeChat 2.0.0 to 2.2.2 refuse the domains of the MailChecker list.  knows_everybody, capitals_matter: a page
    that answers otherwise than LobeChat's.  application_fails: the first request after a sign-in does.

    Of every path that begins so: `page` is answered by `page_body`, `broken_json` by half a JSON text, `redirect` by a
    redirect to `redirect_to`, `status` by that status so many times, with `retry_after`.  seconds: before each answer.
    """

    version: str = "2.1.16"
    providers: frozenset[str] = BUILT_IN | OTHERS
    leads_back_to: str = ""
    better_auth_down: bool = False
    passwords_disabled: bool = False
    email_verification: bool = False
    refused_domains: frozenset[str] = frozenset()
    knows_everybody: bool = False
    capitals_matter: bool = False
    application_fails: bool = False
    page: str | None = None
    page_body: bytes = PAGE
    broken_json: str | None = None
    redirect: str | None = None
    redirect_to: str = "https://chat.example.com"
    status: dict[str, tuple[int, int]] = field(default_factory=dict)
    retry_after: str | None = None
    seconds: float = 0.0


def meet_fault(behaviour: Behaviour, path: str) -> tuple[int, bytes, list[tuple[str, str]]] | None:
    """The answer of what stands in front of LobeChat: status, body, headers; None where the request gets through."""
    met = next((one for one, (_, times) in behaviour.status.items() if times and path.startswith(one)), None)
    if met is not None:
        status, times = behaviour.status[met]
        behaviour.status[met] = (status, times - 1)
        return status, b"{}", [("Retry-After", behaviour.retry_after)] if behaviour.retry_after is not None else []
    if begins(path, behaviour.redirect):
        return 308, b"", [("Location", f"{behaviour.redirect_to}{path}")]
    if begins(path, behaviour.page):
        return 200, behaviour.page_body, [("Content-Type", "text/html")]
    return None


def begins(path: str, beginning: str | None) -> bool:
    """Whether a fault is meant for this path."""
    return beginning is not None and path.startswith(beginning)
