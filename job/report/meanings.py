"""What each finding means and what to do about it."""

from typing import NamedTuple

from job.mapping.rows import FindingCode as Code
from job.mapping.rows import SignIn
from job.report.model import Severity


class Meaning(NamedTuple):
    """A finding in words."""

    severity: Severity
    meaning: str
    what_to_do: str


_SET_PASSWORD = "Ask the user to set a password by email on LobeChat's sign-in page."  # noqa: S105 - a sentence
_ENROL = "Ask the user to enrol an authenticator anew, where LobeChat's two-factor plugin is on."
_OTHER_WAY = "Ask the user to sign in another way and link a provider in the profile."
_SETTLE = "Settle at Clerk or in LobeChat which of the two users keeps it, then export and run again."

MEANINGS: dict[str, Meaning] = {
    Code.PASSWORD_HASHER_UNSUPPORTED: Meaning(
        "warning",
        "The password's digest is of a kind that LobeChat cannot check; it was not carried over.", _SET_PASSWORD
    ),
    Code.PASSWORD_DIGEST_MISSING: Meaning(
        "warning", "Clerk knows a password, but the CSV has no digest of it.",
        "Download the CSV again from Clerk's dashboard; else ask the user to set a password by email.",
    ),
    Code.PASSWORD_DISABLED: Meaning(
        "info", "The CSV has a digest, but Clerk had switched the password off; it was not carried over.",
        "Nothing to do: the user did not sign in with it before either.",
    ),
    Code.LINK_UNVERIFIED: Meaning(
        "warning", "Clerk never verified this link to a provider; carrying it over would let a stranger in.",
        "Ask the user to link the provider in LobeChat's profile.",
    ),
    Code.LINK_WITHOUT_ID: Meaning(
        "warning", "Clerk gives no id of the provider for this link; it was left out.",
        "Ask the user to link the provider in LobeChat's profile.",
    ),
    Code.LINK_REPEATED: Meaning(
        "info", "Clerk lists the same account of the provider twice; one link was kept.", "Nothing to do."
    ),
    Code.PROVIDER_UNMAPPED: Meaning(
        "warning", "A custom provider of Clerk's has no name in LobeChat; its links were left out.",
        "Name it in CLERK_TO_BETTERAUTH_PROVIDER_MAP and run again.",
    ),
    Code.PROVIDER_UNSERVED: Meaning(
        "warning", "LobeChat offers no sign-in through this provider; the link is kept but opens nothing.", _OTHER_WAY
    ),
    Code.PROVIDER_NOT_ENABLED: Meaning(
        "warning", "The provider is not in LobeChat's AUTH_SSO_PROVIDERS.",
        "Enable the provider in LobeChat before users come back.",
    ),
    Code.MICROSOFT_EMAIL_DIFFERS: Meaning(
        "warning", "The Microsoft account has another address than the user: signing in with it may make a new,"
        " empty user.",
        "Ask the user to sign in by email first and to link Microsoft in the profile.",
    ),
    Code.APPLE_EMAIL_DIFFERS: Meaning(
        "warning", "The Apple account has another address than the user: unless LobeChat uses the same Apple team as"
        " Clerk did, signing in with it makes a new, empty user.",
        "Use the same Apple team, or ask the user to sign in by email first and to link Apple in the profile.",
    ),
    Code.SAML_LOST: Meaning("warning", "A SAML connection cannot be carried over.", _OTHER_WAY),
    Code.ENTERPRISE_LOST: Meaning("warning", "An enterprise connection cannot be carried over.", _OTHER_WAY),
    Code.WEB3_LOST: Meaning("warning", "A web3 wallet cannot be carried over.", _OTHER_WAY),
    Code.PASSKEY_LOST: Meaning("warning", "Passkeys cannot be carried over.", _OTHER_WAY),
    Code.AUTHENTICATOR_STOPS: Meaning(
        "warning", "The user's authenticator app cannot go on working: LobeChat's Better Auth reads secrets otherwise.",
        f"Hand over a backup code. {_ENROL}",
    ),
    Code.TOTP_SECRET_INVALID: Meaning("warning", "The authenticator's secret in the CSV cannot be read.", _ENROL),
    Code.TOTP_SECRET_MISSING: Meaning(
        "warning", "Clerk knows an authenticator, but the CSV has no secret of it.", _ENROL
    ),
    Code.SECOND_FACTOR_LOST: Meaning(
        "warning", "The second factor (text messages, or backup codes alone) cannot be carried over.", _ENROL
    ),
    Code.ONLY_IN_CSV: Meaning(
        "info", "Only the CSV knows this user: deleted at Clerk since.",
        "Nothing to do; or carry such users over with CLERK_TO_BETTERAUTH_ORPHANS=migrate.",
    ),
    Code.ONLY_IN_API: Meaning(
        "warning", "The CSV does not know this user: no password and no authenticator came over.",
        "Download the CSV again and run again; else ask the user to set a password by email.",
    ),
    Code.ONLY_IN_LOBECHAT: Meaning(
        "info", "LobeChat knows this user, Clerk does not (any more).", "Nothing to do: the row is left as it is."
    ),
    Code.NO_EMAIL: Meaning(
        "warning", "The user has no email address: neither a password nor a reset by email is possible.",
        "Enter an address in LobeChat's table users, or at Clerk before another run.",
    ),
    Code.EMAIL_INVALID: Meaning(
        "warning", "What Clerk holds as the email is no address; it was left empty.",
        "Enter an address in LobeChat's table users, or at Clerk before another run.",
    ),
    Code.CONFLICT_EMAIL: Meaning("blocking", "Two users have the same email address.", _SETTLE),
    Code.CONFLICT_USERNAME: Meaning("blocking", "Two users have the same user name.", _SETTLE),
    Code.CONFLICT_PHONE: Meaning("blocking", "Two users have the same phone number.", _SETTLE),
    Code.CONFLICT_NORMALIZED_EMAIL: Meaning(
        "blocking", "Two users' addresses are the same once LobeChat has normalised them.", _SETTLE
    ),
    Code.CONFLICT_ACCOUNT: Meaning(
        "blocking", "The same account of a provider is linked to two users.", _SETTLE
    ),
    Code.CONFLICT_ACCOUNT_ROW_ID: Meaning(
        "blocking", "A row of accounts with this link's id belongs to another user.",
        "Look at the row in LobeChat's table accounts; remove it if it is not wanted, then run again.",
    ),
    Code.CONFLICT_ID_TWICE: Meaning(
        "blocking", "The input names this user more than once.", "Export from Clerk again, then run again."
    ),
    Code.CONFLICT_TWO_FACTOR_ROW_ID: Meaning(
        "blocking", "A row of two_factor with this user's row id belongs to another user.",
        "Look at the row in LobeChat's table two_factor; remove it if it is not wanted, then run again.",
    ),
    Code.CHANGED_SINCE: Meaning(
        "info", "Changed in LobeChat after an earlier run; LobeChat's values were kept.", "Nothing to do."
    ),
    Code.LINK_REMOVED_AT_CLERK: Meaning(
        "warning", "An earlier run brought this link or password (credential); Clerk has it no more. It still opens.",
        "Remove it in LobeChat's table accounts if it must not open any more.",
    ),
    Code.SHUT_OUT_LEFT_OUT: Meaning(
        "warning", "Shut out at Clerk, but left out here because of a clash: may get in.",
        "Ban the user in LobeChat's table users (banned = true), or settle the clash and run again.",
    ),
    Code.KEPT_ON_ROLLBACK: Meaning(
        "warning", "Not taken back: changed since, or by now with chats or other rows of their own.",
        "Look at these users one by one.",
    ),
    Code.CREDENTIAL_UNCHECKABLE: Meaning(
        "warning", "LobeChat holds a password digest that it cannot check: signing in with it ends in an error.",
        _SET_PASSWORD,
    ),
    Code.EMAIL_NOT_MATCHABLE: Meaning(
        "warning", "The address in LobeChat has capitals or blanks: a sign-in never finds it.",
        "Run the simple path, or correct the address in LobeChat's table users.",
    ),
    # Reasons of attention.csv that are ways of signing in
    SignIn.SET_PASSWORD: Meaning("info", "Must set a password by email before the first sign-in.", _SET_PASSWORD),
    SignIn.NO_WAY_IN: Meaning(
        "warning", "Has no way in at all.",
        "conflict: settle it. no_mail_service: give LobeChat a mail service. Else give the user an address that"
        " a sign-in finds, or enable the user's provider."
    ),
}  # fmt: skip


def explain(code: str) -> Meaning:
    """The words for a finding's code."""
    return MEANINGS[code]
