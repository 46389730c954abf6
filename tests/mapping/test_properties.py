"""What holds for any user whatever: Hypothesis tries to find one for whom it does not."""

import copy
import re
from collections.abc import Iterable
from itertools import chain

from hypothesis import example, given

from job.clerk.models import ClerkUser, CsvUser
from job.lobechat_env.variables import LOBECHAT_PROVIDERS
from job.mapping import map_user
from job.mapping.emails import normalise_email
from job.mapping.rows import Mapped, MappingOptions
from job.mapping.texts import MAX_TIME_MS
from tests.mapping.build import DIGEST, OPTIONS, api_user, csv_user, link
from tests.mapping.strategies import PROPERTY, emails, options, pairs
from tests.mapping.test_two_factor import decrypt

Pair = tuple[CsvUser | None, ClerkUser | None]
BCRYPT = re.compile(r"\$2[ab]\$\d\d\$[./A-Za-z0-9]{53}")


def cells(mapped: Mapped) -> Iterable[object]:
    return chain(mapped.user, *mapped.accounts, mapped.two_factor[:4] if mapped.two_factor else ())


@PROPERTY
@given(pairs, options)
@example((csv_user(password_digest=DIGEST), api_user(external_accounts=(link(),))), OPTIONS)
def test_every_row_is_one_that_postgresql_holds(pair: Pair, opts: MappingOptions) -> None:
    mapped = map_user(*pair, opts)
    texts = [cell for cell in cells(mapped) if isinstance(cell, str)]
    assert all(text and "\0" not in text and text.encode() for text in texts)
    times = [cell for cell in cells(mapped) if isinstance(cell, int)]
    assert all(0 <= time <= MAX_TIME_MS for time in times)
    assert all(finding.detail.isprintable() and finding.detail.encode() is not None for finding in mapped.findings)


@PROPERTY
@given(pairs, options)
def test_the_same_user_gives_the_same_rows_to_the_byte(pair: Pair, opts: MappingOptions) -> None:
    assert map_user(*pair, opts) == map_user(*copy.deepcopy(pair), opts)


@PROPERTY
@given(pairs, options)
def test_an_email_is_one_that_a_sign_in_looks_up(pair: Pair, opts: MappingOptions) -> None:
    user = map_user(*pair, opts).user
    assert user.email is None or user.email == normalise_email(user.email) == user.email.strip().lower()
    assert user.email is not None or not user.email_verified
    assert (user.phone is None) == (user.phone_number_verified is None)


@PROPERTY
@given(emails)
def test_an_address_is_settled_after_one_pass(address: str) -> None:
    once = normalise_email(address)
    assert normalise_email(once) == once


@PROPERTY
@given(pairs, options)
def test_at_most_one_credential_and_always_bcrypt(pair: Pair, opts: MappingOptions) -> None:
    mapped = map_user(*pair, opts)
    credentials = [row for row in mapped.accounts if row.provider_id == "credential"]
    assert len(credentials) <= 1
    for row in credentials:
        assert row.id == f"cred_{row.user_id}"
        assert row.account_id == row.user_id == mapped.user.id
        assert BCRYPT.fullmatch(row.password or "")
        assert row.source_password is None or row.source_password[4:] == (row.password or "")[4:]
    assert all(row.password is None for row in mapped.accounts if row not in credentials)


@PROPERTY
@given(pairs, options)
def test_a_link_is_unique_verified_at_clerk_and_opens_only_what_lobechat_serves(
    pair: Pair, opts: MappingOptions
) -> None:
    mapped, api = map_user(*pair, opts), pair[1]
    keys = [(row.provider_id, row.account_id) for row in mapped.accounts]
    assert len(set(keys)) == len(keys)
    assert len({row.id for row in mapped.accounts}) == len(keys)
    proven = {
        (one.id.strip(), (one.provider_user_id or "").strip())
        for one in (api.external_accounts if api else ())
        if one.verification is None or one.verification.status == "verified"
    }
    for row in mapped.accounts:
        if row.provider_id != "credential":
            assert (row.id, row.account_id) in proven
            served = LOBECHAT_PROVIDERS if opts.enabled_providers is None else opts.enabled_providers
            assert not row.can_sign_in or row.provider_id in served


@PROPERTY
@given(pairs, options)
def test_whoever_was_shut_out_at_clerk_is_banned_for_good(pair: Pair, opts: MappingOptions) -> None:
    user, api = map_user(*pair, opts).user, pair[1]
    assert user.shut_out == (user.banned and user.ban_expires_ms is None)
    assert user.banned == (user.ban_reason is not None)
    if api and (api.banned or api.deprovisioned):
        assert user.shut_out
    if user.ban_expires_ms is not None:
        assert api is not None
        assert api.locked
        assert user.ban_expires_ms > opts.exported_at_ms


@PROPERTY
@given(pairs, options)
def test_a_second_factor_is_asked_for_only_where_its_codes_open(pair: Pair, opts: MappingOptions) -> None:
    mapped = map_user(*pair, opts)
    row = mapped.two_factor
    assert mapped.user.two_factor_enabled == (row is not None and len(row.codes) == 10)
    if row is None:
        return
    assert opts.preserve_two_factor
    assert (row.id, row.user_id) == (f"tf_{mapped.user.id}", mapped.user.id)
    if row.codes and opts.auth_secret and opts.auth_secret.isprintable():
        assert decrypt(row.backup_codes, opts.auth_secret).count("-") == 10
        assert decrypt(row.secret, opts.auth_secret)


@PROPERTY
@given(pairs, options)
def test_findings_speak_of_this_user_and_name_nobody(pair: Pair, opts: MappingOptions) -> None:
    mapped = map_user(*pair, opts)
    assert all(finding.user_id == mapped.user.id for finding in mapped.findings)
    assert not mapped.user.email or all(mapped.user.email not in finding.detail for finding in mapped.findings)
