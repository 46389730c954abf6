"""One user: what the API and the CSV say becomes rows and findings.

The API wins wherever both know a thing.  The CSV alone knows digests, TOTP secrets, and users deleted at Clerk since.
"""

from job.clerk.models import ClerkUser, CsvUser
from job.core.errors import InputError
from job.mapping.bans import NOT_BANNED, judge_ban
from job.mapping.emails import normalise_email, primary_email
from job.mapping.guide_export import complete
from job.mapping.names import avatar, full_name
from job.mapping.passwords import judge_password
from job.mapping.phones import primary_phone
from job.mapping.providers import CREDENTIAL, find_lost_accounts, map_links
from job.mapping.rows import AccountRow, Finding, FindingCode, Mapped, MappingOptions, TwoFactorRow, UserRow
from job.mapping.texts import clean_identifier, clean_text, clean_time, parse_time
from job.mapping.two_factor import map_two_factor


def map_user(csv: CsvUser | None, api: ClerkUser | None, options: MappingOptions) -> Mapped:
    """All that LobeChat should hold of one user.

    Raises InputError where there is no user, or one whose id cannot be Clerk's; nothing else makes it fail.
    """
    user_id = _check_id(csv, api)
    findings: list[Finding] = []
    if api is not None and api.from_guide_export and csv is not None:
        api = complete(api, csv)
    if api is None:
        findings.append(Finding(user_id, FindingCode.ONLY_IN_CSV))
    elif csv is None and options.csv_expected:
        findings.append(Finding(user_id, FindingCode.ONLY_IN_API))
    email, email_verified = _judge_email(user_id, csv, api, findings)
    accounts: list[AccountRow] = []
    if api is not None:
        if api.external_accounts:
            accounts = map_links(api, email, options, findings, email_verified=email_verified)
        find_lost_accounts(api, findings)
    two_factor = map_two_factor(csv, api, options, findings)
    user = _user_row(user_id, (email, email_verified), csv, api, two_factor, options)
    credential = _map_credential(user, csv, api, findings)
    if credential is not None:
        accounts.append(credential)
    return Mapped(user, tuple(accounts), two_factor, tuple(findings))


def _check_id(csv: CsvUser | None, api: ClerkUser | None) -> str:
    """The user's id, which is never altered: all chats hang on it."""
    known = api if api is not None else csv
    if known is None or (csv is not None and csv.id != known.id):
        raise InputError("a CSV row and an API user with different ids were combined", hint="report this bug")
    if clean_identifier(known.id) != known.id:
        raise InputError(
            "a user's id is empty or holds characters that no Clerk id has", hint="export the users from Clerk again"
        )
    return known.id


def _judge_email(
    user_id: str, csv: CsvUser | None, api: ClerkUser | None, findings: list[Finding]
) -> tuple[str | None, bool]:
    address, verified = primary_email(csv, api)
    email = normalise_email(address)
    if email is None:
        code = FindingCode.EMAIL_INVALID if address and address.strip() else FindingCode.NO_EMAIL
        findings.append(Finding(user_id, code))
        verified = False
    return email, verified


def _user_row(  # noqa: PLR0913, PLR0917 - the parts of one row
    user_id: str,
    email: tuple[str | None, bool],
    csv: CsvUser | None,
    api: ClerkUser | None,
    two_factor: TwoFactorRow | None,
    options: MappingOptions,
) -> UserRow:
    known = api if api is not None else csv
    assert known is not None  # noqa: S101 - _check_id saw to it
    first_name, last_name = clean_text(known.first_name), clean_text(known.last_name)
    ban = judge_ban(api, options.exported_at_ms) if api is not None else NOT_BANNED
    return UserRow(
        user_id,
        *email,
        clean_identifier(known.username),
        first_name,
        last_name,
        full_name(first_name, last_name),
        avatar(api.image_url, has_image=api.has_image) if api is not None else None,
        *primary_phone(csv, api),
        ban.banned,
        ban.reason,
        ban.expires_ms,
        two_factor is not None and bool(two_factor.codes),
        *_times(csv, api),
        csv is not None,
        api is not None,
        ban.shut_out,
    )


def _times(csv: CsvUser | None, api: ClerkUser | None) -> tuple[int | None, int | None, int | None]:
    """When the user was created, updated and last active."""
    if api is None:
        created = parse_time(csv.created_at) if csv else None
        return created, created, created
    created = clean_time(api.created_at)
    updated = clean_time(api.updated_at)
    active = clean_time(api.last_active_at)
    if active is None:
        active = clean_time(api.last_sign_in_at)
    return created, created if updated is None else updated, created if active is None else active


def _map_credential(
    user: UserRow, csv: CsvUser | None, api: ClerkUser | None, findings: list[Finding]
) -> AccountRow | None:
    """The row that holds the password, or None; it opens where there is an email to type."""
    digest = csv.password_digest if csv else None
    enabled = api.password_enabled if api is not None else digest is not None
    password, code, detail = judge_password(digest, csv.password_hasher if csv else None, enabled=enabled)
    if code is not None:
        findings.append(Finding(user.id, code, detail))
    if password is None:
        return None
    return AccountRow(
        f"cred_{user.id}",
        user.id,
        CREDENTIAL,
        user.id,
        None,
        password,
        digest if digest != password else None,
        user.created_at_ms,
        user.updated_at_ms,
        user.email is not None,
    )
