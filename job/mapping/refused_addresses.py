"""The addresses that LobeChat 2.0.0 to 2.2.2 refuse for a password, and for setting one; a provider still lets in.

They run the plugin better-auth-harmony: validator.js's isEmail, and the form and the 56,000 domains of MailChecker,
whose package for Python has the same list.  It takes 9 MB and a twentieth of a second: it is loaded when asked for,
and not kept.
"""

import re
import sys
from collections.abc import Iterable
from functools import cache

# Of the addresses that Better Auth itself takes; without the domains on the list.
_ACCEPTED = re.compile(r"[^@]{1,64}@(?:(?:xn--)?[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}")
_LABEL_TOO_LONG = re.compile(r"@.*[^.]{64}")


def refused_domains() -> frozenset[str]:
    """The domains on the list, in lower case; one refuses the domains below it too."""
    from MailChecker import MailChecker  # noqa: PLC0415 - see above

    del sys.modules["MailChecker"]  # which would hold the list to the end of the run
    return frozenset(MailChecker.blacklist)


_listed = cache(refused_domains)  # for who asks for one address after the other


def is_refused(email: str) -> bool:
    """Whether an address, trimmed and lower-cased, is refused.  The form for sets: sign_in.sql."""
    if not _ACCEPTED.fullmatch(email) or _LABEL_TOO_LONG.search(email):
        return True
    return _is_below(email.partition("@")[2], _listed())


def refused_among(domains: Iterable[str]) -> list[str]:
    """Those of the domains that are on the list, or below one that is."""
    listed = refused_domains()
    return [domain for domain in domains if _is_below(domain, listed)]


def _is_below(domain: str, listed: frozenset[str]) -> bool:
    labels = domain.split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels)))
