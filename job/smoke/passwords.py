"""Does LobeChat take passwords, and addresses at the domains that its release may refuse?"""

import secrets

from job.mapping.refused_addresses import is_refused
from job.mapping.rows import SignIn
from job.report.model import NamedCheck
from job.smoke.check import Visit, count_users, failed, failed_oddly, passed, skipped, warning
from job.smoke.expected import Domain
from job.smoke.lobechat_api import Answer
from job.smoke.people import make_up_address

UNAUTHORIZED = 401
DOMAINS_ASKED = 12  # at three requests in ten seconds
ACCEPTS_ALL_FROM = (2, 2, 3)  # LobeChat's releases before it refuse the domains of the MailChecker list
DISABLED = {"EMAIL_PASSWORD_DISABLED", "EMAIL_AND_PASSWORD_IS_NOT_ENABLED"}  # Better Auth 1.6.15, 1.4.6
BY_PASSWORD = (SignIn.PASSWORD, SignIn.PASSWORD_OR_SSO, SignIn.SET_PASSWORD)


async def check_password_sign_in(visit: Visit) -> None:
    """A made-up person is refused as unknown: with that answer LobeChat has looked somebody up and takes passwords."""
    name = "password_sign_in"
    if not visit.expected.users(*BY_PASSWORD):
        visit.tell(skipped(name, "nobody signs in with a password"))
        return
    answer = await _ask(visit, "example.com")
    if answer.status == UNAUTHORIZED:
        visit.tell(passed(name, "LobeChat takes passwords: a made-up person is refused as unknown"))
    elif answer.code in DISABLED:
        visit.tell(_disabled(name, visit))
    else:
        visit.tell(failed_oddly(name, "LobeChat does not answer to an address and a password as it should", answer))


def _disabled(name: str, visit: Visit) -> NamedCheck:
    hint = "take AUTH_DISABLE_EMAIL_PASSWORD out of LobeChat's environment; if it is meant, give it to the job too"
    dependent = visit.expected.users(SignIn.PASSWORD, SignIn.SET_PASSWORD)
    if not dependent:
        return warning(name, "LobeChat takes no passwords; everybody who has one has a provider too", hint=hint)
    return failed(name, f"LobeChat takes no passwords, the only way in of {count_users(dependent)}", hint=hint)


async def check_domains(visit: Visit) -> None:
    """Ask with a made-up name at each domain on the list that LobeChat 2.0.0 to 2.2.2 refuse."""
    name, release = "domains", visit.release
    if release is not None and release >= ACCEPTS_ALL_FROM:
        visit.tell(skipped(name, "this release of LobeChat refuses no domain"))
        return
    listed = [domain for domain in visit.expected.domains if is_refused(make_up_address(domain.name))]
    if not listed:
        visit.tell(passed(name, "nobody who needs a password has an address at a domain that LobeChat may refuse"))
        return
    refused: list[Domain] = []
    for domain in listed[:DOMAINS_ASKED]:
        answer = await _ask(visit, domain.name)
        if answer.code == "INVALID_EMAIL":
            refused.append(domain)
        elif answer.status != UNAUTHORIZED:
            visit.tell(
                failed_oddly(name, f"LobeChat does not answer to an address at {domain.name} as it should", answer)
            )
            return
    visit.tell(_tell_domains(name, listed, refused))


def _tell_domains(name: str, listed: list[Domain], refused: list[Domain]) -> NamedCheck:
    left = len(listed) - DOMAINS_ASKED
    unasked = f"; {left} more were not asked about" if left > 0 else ""
    if not refused:
        return passed(name, f"LobeChat accepts addresses at {min(len(listed), DOMAINS_ASKED)} listed domains{unasked}")
    return failed(
        name,
        f"LobeChat refuses the addresses of {count_users(sum(one.users for one in refused))} who need a password"
        f"{unasked}",
        hint="deploy LobeChat 2.2.3 or newer, which refuses no domain; or let these people link a provider first",
        details=tuple(f"{one.name}: {count_users(one.users)}" for one in refused),
    )


async def _ask(visit: Visit, domain: str) -> Answer:
    """Sign in as nobody, with nobody's password."""
    nobody = {"email": make_up_address(domain), "password": secrets.token_urlsafe(24)}
    answer = await visit.api.post("/api/auth/sign-in/email", nobody)
    visit.api.forget_cookies()
    return answer
