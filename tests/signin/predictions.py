"""Each user's way in as the job's rule has it, from what Clerk told and from the database after the job."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from job.clerk.models import ClerkUser
from job.lobechat_env.releases import Release
from job.mapping import map_user
from job.mapping.refused_addresses import is_refused
from job.mapping.rows import MappingOptions, SignIn
from job.settings.values import read_sso_providers
from sandbox.population import Person
from tests.support.sandbox_job import PROVIDER_MAP, SECRET, query
from tests.support.sign_in_rule import SignInFacts, SignInRules, classify, is_matchable

CHECKABLE = re.compile(r"\$2[ab]\$|[0-9a-f]+:[0-9a-f]+$")
USERS = """
    SELECT id, email, email_verified, banned AND (ban_expires IS NULL OR ban_expires > now()),
        ARRAY(SELECT password FROM accounts WHERE user_id = u.id AND provider_id = 'credential'),
        ARRAY(SELECT provider_id || ' ' || account_id FROM accounts WHERE user_id = u.id)
    FROM users u"""


def predict_each(
    people: Sequence[Person], url: str, environment: Mapping[str, str], release: Release
) -> dict[str, SignIn]:
    """User id to class, for people in LobeChat and for those left out."""
    enabled = environment.get("AUTH_SSO_PROVIDERS")
    options = MappingOptions(
        csv_expected=True,
        preserve_two_factor=True,
        auth_secret=SECRET,
        provider_map=PROVIDER_MAP,
        enabled_providers=read_sso_providers(enabled) if enabled else None,
        links_verified_only=release.links_verified_only,
        exported_at_ms=int(time.time() * 1000),
    )
    rules = SignInRules(
        email_password="AUTH_DISABLE_EMAIL_PASSWORD" not in environment,
        email_verification="AUTH_EMAIL_VERIFICATION" in environment,
        mail_service="SMTP_HOST" in environment or not environment,
    )
    rows = {row[0]: row[1:] for row in query(url, USERS)}
    return {
        person.id: classify(_facts(person, rows.get(person.id), options, release), rules).sign_in for person in people
    }


def _facts(person: Person, row: tuple[Any, ...] | None, options: MappingOptions, release: Release) -> SignInFacts:
    if row is None:
        return SignInFacts(None, False, False, False, False, False, left_out=True)
    email, verified, shut_out, digests, links = row
    return SignInFacts(
        email=email,
        matchable=is_matchable(email),
        email_verified=verified,
        password=any(CHECKABLE.match(digest) for digest in digests),
        link=not _opening(person, options).isdisjoint(links),
        shut_out=bool(shut_out),
        refused=email is not None and release.refuses_addresses and is_refused(email),
    )


def _opening(person: Person, options: MappingOptions) -> set[str]:
    """The links that the mapping expects to open."""
    if person.api is None:
        return set()
    accounts = map_user(None, msgspec.convert(person.api, ClerkUser), options).accounts
    return {
        f"{row.provider_id} {row.account_id}" for row in accounts if row.can_sign_in and row.provider_id != "credential"
    }
