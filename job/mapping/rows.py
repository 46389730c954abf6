"""What the mapping gives: the rows that LobeChat should hold for one user, and the findings.

Field order is the column order of the COPY into the job's temporary tables (job/lobechat/staging/staging.py).
Times are milliseconds since 1970 UTC; None is SQL NULL; the empty string never occurs.
"""

from enum import StrEnum
from typing import NamedTuple


class UserRow(NamedTuple):
    """One row of LobeChat's `users`, as Clerk would have it."""

    id: str
    email: str | None  # trimmed and lower-cased
    email_verified: bool  # of the primary address only
    username: str | None
    first_name: str | None
    last_name: str | None
    full_name: str | None
    avatar: str | None
    phone: str | None
    phone_number_verified: bool | None  # of the primary number only; None without a number
    banned: bool
    ban_reason: str | None
    ban_expires_ms: int | None  # None with banned: for good
    two_factor_enabled: bool
    created_at_ms: int | None
    updated_at_ms: int | None
    last_active_at_ms: int | None
    # What the job needs to know beside the columns:
    in_csv: bool
    in_api: bool
    shut_out: bool  # banned, locked for good or deprovisioned at Clerk: must not get in


class AccountRow(NamedTuple):
    """One row of LobeChat's `accounts`: a provider's link, or the credential (provider_id `credential`)."""

    id: str  # Clerk's external account id, or `cred_` + user id
    user_id: str
    provider_id: str
    account_id: str
    scope: str | None
    password: str | None
    source_password: str | None  # Clerk's digest before it was rewritten ($2y$), None where it was not
    created_at_ms: int | None
    updated_at_ms: int | None
    can_sign_in: bool  # whether LobeChat can be expected to sign the user in through this row


class TwoFactorRow(NamedTuple):
    """One row of LobeChat's `two_factor`, and the new backup codes in the clear for C2B_BACKUP_CODES_FILE."""

    id: str  # `tf_` + user id
    user_id: str
    secret: str
    backup_codes: str
    source_secret: str  # in the clear, Base32
    codes: tuple[str, ...]  # empty without AUTH_SECRET


class Finding(NamedTuple):
    """Something about one user that the operator should know.  `detail` is never personal data nor a secret."""

    user_id: str
    code: "FindingCode"
    detail: str = ""


class FindingCode(StrEnum):
    """Every finding there is.  What each means and what to do about it: job/report/finding_texts.py.

    Conflicts and what is found by looking at the database come from job/lobechat; the rest from the mapping.
    """

    # The user's passwords
    PASSWORD_HASHER_UNSUPPORTED = "password_hasher_unsupported"  # noqa: S105 - detail: the hasher; sets a new password
    PASSWORD_DIGEST_MISSING = "password_digest_missing"  # noqa: S105 - enabled at Clerk, no digest in the CSV
    PASSWORD_DISABLED = "password_disabled"  # noqa: S105 - a digest in the CSV, password_enabled false: not carried over
    # The user's providers; detail: the provider
    LINK_UNVERIFIED = "link_unverified"  # never carried over
    LINK_WITHOUT_ID = "link_without_id"
    LINK_REPEATED = "link_repeated"  # the same account of the same provider twice for this user
    PROVIDER_UNMAPPED = "provider_unmapped"  # oauth_custom_<name> that is not in C2B_PROVIDER_MAP
    PROVIDER_UNSERVED = "provider_unserved"  # carried over as a row; LobeChat cannot sign in through it
    PROVIDER_NOT_ENABLED = "provider_not_enabled"  # not in AUTH_SSO_PROVIDERS
    MICROSOFT_EMAIL_DIFFERS = "microsoft_email_differs"  # at risk of a new, empty user
    PROVIDER_EMAIL_UNVERIFIED = "provider_email_unverified"  # and the address is what the sign-in is found by
    APPLE_EMAIL_DIFFERS = "apple_email_differs"  # at risk unless the Apple team is the same
    SAML_LOST = "saml_lost"
    ENTERPRISE_LOST = "enterprise_lost"
    WEB3_LOST = "web3_lost"
    PASSKEY_LOST = "passkey_lost"
    # The user's second factor
    AUTHENTICATOR_STOPS = "authenticator_stops"  # must enrol anew
    TOTP_SECRET_INVALID = "totp_secret_invalid"  # noqa: S105 - not Base32; no row
    TOTP_SECRET_MISSING = "totp_secret_missing"  # noqa: S105 - enabled at Clerk, none in the CSV
    SECOND_FACTOR_LOST = "second_factor_lost"  # SMS or backup codes only, without TOTP
    # Where the user is known
    ONLY_IN_CSV = "only_in_csv"  # deleted at Clerk since
    ONLY_IN_API = "only_in_api"  # not in the CSV: no password, no TOTP
    ONLY_IN_LOBECHAT = "only_in_lobechat"
    # What the user can be reached by
    NO_EMAIL = "no_email"
    EMAIL_INVALID = "email_invalid"  # not an address; written as NULL
    # Clashes; detail: the other user's id
    CONFLICT_EMAIL = "conflict_email"
    CONFLICT_USERNAME = "conflict_username"
    CONFLICT_PHONE = "conflict_phone"
    CONFLICT_NORMALIZED_EMAIL = "conflict_normalized_email"
    CONFLICT_ACCOUNT = "conflict_account"  # (provider, account id) is another user's
    CONFLICT_ACCOUNT_ROW_ID = "conflict_account_row_id"  # accounts.id is another user's
    CONFLICT_ID_TWICE = "conflict_id_twice"  # the input names the user twice
    CONFLICT_TWO_FACTOR_ROW_ID = "conflict_two_factor_row_id"
    # What was found in LobeChat
    CHANGED_SINCE = "changed_since"  # changed in LobeChat after an earlier run; kept
    LINK_REMOVED_AT_CLERK = "link_removed_at_clerk"  # the job wrote it, Clerk has it no more
    NEWCOMER_JOINED = "newcomer_joined"  # late rescue; detail: the newcomer's id
    NEWCOMER_NOT_JOINED = "newcomer_not_joined"  # detail: the newcomer's id and why
    KEPT_ON_ROLLBACK = "kept_on_rollback"  # keeps all that the job gave, see docs/rollback.md
    SHUT_OUT_LEFT_OUT = "shut_out_left_out"  # shut out at Clerk, left out for a clash, and not banned in LobeChat
    CREDENTIAL_UNCHECKABLE = "credential_uncheckable"  # an existing credential that LobeChat cannot check
    EMAIL_REFUSED = "email_refused"  # the next LobeChat takes no password from such an address
    EMAIL_NOT_MATCHABLE = "email_not_matchable"  # upper case or blanks: a sign-in never finds it
    # What concerns so many that only their number is told
    ONBOARDING_ONCE = "onboarding_once"  # LobeChat 2's introduction, at everybody's first visit
    PASSWORD_BY_MAIL_POSSIBLE = "password_by_mail_possible"  # noqa: S105 - came through a provider alone until now
    AVATAR_AT_CLERK = "avatar_at_clerk"  # the picture is served by the Clerk instance
    PASSWORD_LOST_BY_CODE = "password_lost_by_code"  # noqa: S105 - unverified: a code by mail deletes it, from 2.2.19 on


class SignIn(StrEnum):
    """The one way, of six, in which a user gets in after the migration."""

    PASSWORD = "password"  # noqa: S105 - the name of a class, not a password
    SSO = "sso"
    PASSWORD_OR_SSO = "password_or_sso"  # noqa: S105 - likewise
    SET_PASSWORD = "set_password"  # noqa: S105 - must set one by email first
    NO_WAY_IN = "no_way_in"
    SHUT_OUT = "shut_out"  # on purpose


class SignInReason(StrEnum):
    """Why the user has no way in of their own, or must act by email first."""

    CONFLICT = "conflict"
    NO_EMAIL = "no_email"
    EMAIL_NOT_MATCHABLE = "email_not_matchable"
    EMAIL_REFUSED = "email_refused"
    EMAIL_SIGN_IN_DISABLED = "email_sign_in_disabled"
    EMAIL_UNVERIFIED = "email_unverified"
    NO_PASSWORD = "no_password"  # noqa: S105 - a reason, not a password
    NO_MAIL_SERVICE = "no_mail_service"


class Mapped(NamedTuple):
    """All of one user."""

    user: UserRow
    accounts: tuple[AccountRow, ...]
    two_factor: TwoFactorRow | None
    findings: tuple[Finding, ...]


class MappingOptions(NamedTuple):
    """The settings that bear on the mapping; the same for all users of a run."""

    csv_expected: bool  # C2B_CSV=required
    preserve_two_factor: bool  # C2B_TWO_FACTOR=preserve
    auth_secret: str | None  # AUTH_SECRET
    provider_map: dict[str, str]  # C2B_PROVIDER_MAP, Clerk's name (custom_acme, x) to LobeChat's
    enabled_providers: frozenset[str] | None  # AUTH_SSO_PROVIDERS; None where it was not given
    links_verified_only: bool  # LobeChat's Better Auth links by an equal address only where that is verified (1.6)
    exported_at_ms: int  # when clerk_users.json was written: lockouts of a file without moments count from here
