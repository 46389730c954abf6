"""The kinds of users that an operator has, and how many of each there are among two hundred."""

from enum import StrEnum


class Kind(StrEnum):
    """What is particular about a user."""

    PASSWORD = "password"  # noqa: S105 - the name of a kind
    PASSWORD_2A = "password_2a"  # noqa: S105 - a name
    PASSWORD_2Y = "password_2y"  # noqa: S105 - a name
    PASSWORD_AND_GOOGLE = "password_and_google"  # noqa: S105 - a name
    PASSWORD_DISABLED = "password_disabled"  # noqa: S105 - a name
    PASSWORD_WITHOUT_DIGEST = "password_without_digest"  # noqa: S105 - a name
    FOREIGN_HASHER = "foreign_hasher"
    GOOGLE = "google"
    GITHUB = "github"
    SEVERAL_LINKS = "several_links"
    APPLE = "apple"
    APPLE_OTHER_EMAIL = "apple_other_email"
    MICROSOFT = "microsoft"
    MICROSOFT_OTHER_EMAIL = "microsoft_other_email"
    GOOGLE_OTHER_EMAIL = "google_other_email"
    OIDC_KNOWN = "oidc_known"
    OIDC_TO_MAP = "oidc_to_map"
    DISCORD = "discord"
    X = "x"
    LINK_UNVERIFIED = "link_unverified"
    LINK_FAILED = "link_failed"
    LINK_EXPIRED = "link_expired"
    LINK_TRANSFERABLE = "link_transferable"
    LINK_WITHOUT_VERIFICATION = "link_without_verification"
    LINK_WITHOUT_ID = "link_without_id"
    LINK_REPEATED = "link_repeated"
    API_ONLY = "api_only"
    CSV_ONLY = "csv_only"
    LOBECHAT_ONLY = "lobechat_only"
    NOT_IN_LOBECHAT = "not_in_lobechat"
    SAML = "saml"
    ENTERPRISE = "enterprise"
    WEB3 = "web3"
    PASSKEY = "passkey"
    PHONE_ONLY = "phone_only"
    USERNAME_ONLY = "username_only"
    NOTHING = "nothing"
    UPPER_CASE_EMAIL = "upper_case_email"
    BLANKS_IN_EMAIL = "blanks_in_email"
    UNVERIFIED_EMAIL = "unverified_email"
    SEVERAL_EMAILS = "several_emails"
    TOTP = "totp"
    TOTP_ASCII = "totp_ascii"
    TOTP_MISSING = "totp_missing"
    SMS_SECOND_FACTOR = "sms_second_factor"
    BANNED = "banned"
    LOCKED = "locked"
    LOCKED_UNTIL = "locked_until"
    DEPROVISIONED = "deprovisioned"
    ADMINISTRATOR = "administrator"
    OWN_AVATAR = "own_avatar"
    ODD_NAME = "odd_name"
    FULL_NAME_SET = "full_name_set"
    LINKED_SINCE = "linked_since"
    PASSWORD_SET_SINCE = "password_set_since"  # noqa: S105 - a name


# Of two hundred users; those not named here are one each, and the rest sign in by password alone.
OFTEN = {
    Kind.GOOGLE: 38,
    Kind.PASSWORD_AND_GOOGLE: 20,
    Kind.FOREIGN_HASHER: 17,
    Kind.GITHUB: 10,
    Kind.SEVERAL_LINKS: 5,
    Kind.PASSWORD_2A: 4,
    Kind.PASSWORD_2Y: 4,
    Kind.MICROSOFT: 3,
    Kind.DISCORD: 3,
    Kind.TOTP: 3,
    Kind.ODD_NAME: 3,
    Kind.UPPER_CASE_EMAIL: 2,
    Kind.UNVERIFIED_EMAIL: 2,
    Kind.OIDC_KNOWN: 2,
    Kind.APPLE: 2,
    Kind.NOT_IN_LOBECHAT: 2,
    Kind.LOBECHAT_ONLY: 2,
    Kind.OWN_AVATAR: 2,
    Kind.X: 2,
}
CYCLE = 200

# Clerk's providers of each kind's links.
LINKS = {
    Kind.GOOGLE: ("oauth_google",),
    Kind.PASSWORD_AND_GOOGLE: ("oauth_google",),
    Kind.GOOGLE_OTHER_EMAIL: ("oauth_google",),
    Kind.GITHUB: ("oauth_github",),
    Kind.SEVERAL_LINKS: ("oauth_google", "oauth_github", "oauth_discord"),
    Kind.APPLE: ("oauth_apple",),
    Kind.APPLE_OTHER_EMAIL: ("oauth_apple",),
    Kind.MICROSOFT: ("oauth_microsoft",),
    Kind.MICROSOFT_OTHER_EMAIL: ("oauth_microsoft",),
    Kind.OIDC_KNOWN: ("oauth_custom_keycloak",),
    Kind.OIDC_TO_MAP: ("oauth_custom_acme",),
    Kind.DISCORD: ("oauth_discord",),
    Kind.X: ("oauth_x",),
    Kind.LINK_UNVERIFIED: ("oauth_google",),
    Kind.LINK_FAILED: ("oauth_google",),
    Kind.LINK_EXPIRED: ("oauth_google",),
    Kind.LINK_TRANSFERABLE: ("oauth_google",),
    Kind.LINK_WITHOUT_VERIFICATION: ("oauth_google",),
    Kind.LINK_WITHOUT_ID: ("oauth_google",),
    Kind.LINK_REPEATED: ("oauth_github", "oauth_github"),
    Kind.LINKED_SINCE: ("oauth_google",),
}
EMAILLESS = {Kind.PHONE_ONLY, Kind.USERNAME_ONLY, Kind.NOTHING}
PASSWORDLESS = {*LINKS, Kind.SAML, Kind.ENTERPRISE, Kind.WEB3, Kind.PASSKEY, Kind.NOTHING, Kind.PHONE_ONLY} - {
    Kind.PASSWORD_AND_GOOGLE
}


def cycle() -> list[Kind]:
    """Two hundred kinds, each at least once, in realistic proportions."""
    kinds = [kind for kind in Kind if kind is not Kind.PASSWORD for _ in range(OFTEN.get(kind, 1))]
    return kinds + [Kind.PASSWORD] * (CYCLE - len(kinds))
