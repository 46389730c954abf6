"""Each finding in words: how grave it is, what it means, and the action that it asks for."""

from dataclasses import dataclass

from job.mapping.rows import FindingCode as Code
from job.mapping.rows import SignIn, SignInReason
from job.report.actions import Action
from job.report.model import Severity

NOTHING_TO_DO = "Nothing to do."


@dataclass(frozen=True)
class FindingText:
    """A finding in words.  `advice` where the action's own sentence does not say enough."""

    severity: Severity
    meaning: str
    action: Action | None = None
    advice: str = ""

    @property
    def what_to_do(self) -> str:
        """What the operator does about it."""
        if self.advice:
            return self.advice
        return self.action.what_to_do if self.action else NOTHING_TO_DO


_SETTLE, _ENTER = Action.SETTLE_CONFLICT, Action.ENTER_ADDRESS
_LINK, _ENROL = Action.LINK_PROVIDER, Action.ENROL_AUTHENTICATOR

TEXTS: dict[str, FindingText] = {
    Code.PASSWORD_HASHER_UNSUPPORTED: FindingText(
        "warning",
        "Clerk stored the password with a method that LobeChat cannot check, so it was not carried over.",
        Action.SET_PASSWORD,
    ),
    Code.PASSWORD_DIGEST_MISSING: FindingText(
        "warning", "Clerk knows a password, but the CSV has no digest of it.", Action.EXPORT_AGAIN
    ),
    Code.PASSWORD_DISABLED: FindingText(
        "info",
        "The CSV has a digest, but Clerk had switched the password off, so it was not carried over.",
        advice="Nothing to do: the user did not sign in with it at Clerk either.",
    ),
    Code.LINK_UNVERIFIED: FindingText(
        "warning",
        "Clerk never verified this link to a provider, so it was left out: it could let a stranger in.",
        _LINK,
    ),
    Code.LINK_WITHOUT_ID: FindingText(
        "warning", "Clerk gives no provider's id for this link, so it was left out.", _LINK
    ),
    Code.LINK_REPEATED: FindingText("info", "Clerk lists the same provider account twice; one link was kept."),
    Code.PROVIDER_UNMAPPED: FindingText(
        "warning",
        "LobeChat's name for a custom provider of Clerk's is not known, so its links were left out.",
        Action.NAME_PROVIDER,
    ),
    Code.PROVIDER_UNSERVED: FindingText(
        "warning", "LobeChat offers no sign-in through this provider; the link was kept but cannot be used.", _LINK
    ),
    Code.PROVIDER_NOT_ENABLED: FindingText(
        "warning", "The provider is not in LobeChat's AUTH_SSO_PROVIDERS.", Action.ENABLE_PROVIDER
    ),
    Code.MICROSOFT_EMAIL_DIFFERS: FindingText(
        "warning",
        "The Microsoft account has another address than the user: signing in with it may make a new, empty user.",
        _LINK,
        "Ask the user to sign in by email first and to link Microsoft in LobeChat's profile.",
    ),
    Code.PROVIDER_EMAIL_UNVERIFIED: FindingText(
        "warning",
        "The provider has not verified the address by which LobeChat finds this user: whoever has an account there with"
        " that address gets in.",
        Action.REVIEW,
        "Have the user verify the address at the provider, or correct it at Clerk and run again.",
    ),
    Code.APPLE_EMAIL_DIFFERS: FindingText(
        "warning",
        "The Apple account has another address than the user: unless LobeChat uses the same Apple team as Clerk did,"
        " signing in with it makes a new, empty user.",
        _LINK,
        "Use the same Apple team, or ask the user to sign in by email first and to link Apple in LobeChat's profile.",
    ),
    Code.SAML_LOST: FindingText("warning", "A SAML connection cannot be carried over.", _LINK),
    Code.ENTERPRISE_LOST: FindingText("warning", "An enterprise connection cannot be carried over.", _LINK),
    Code.WEB3_LOST: FindingText("warning", "A web3 wallet cannot be carried over.", _LINK),
    Code.PASSKEY_LOST: FindingText("warning", "Passkeys cannot be carried over.", _LINK),
    Code.AUTHENTICATOR_STOPS: FindingText(
        "warning", "The user's authenticator app stops working: Better Auth reads its secret in another way.", _ENROL
    ),
    Code.TOTP_SECRET_INVALID: FindingText("warning", "The authenticator's secret in the CSV cannot be read.", _ENROL),
    Code.TOTP_SECRET_MISSING: FindingText(
        "warning", "Clerk knows an authenticator, but the CSV has no secret for it.", _ENROL
    ),
    Code.SECOND_FACTOR_LOST: FindingText(
        "warning", "The second factor (text messages, or backup codes alone) cannot be carried over.", _ENROL
    ),
    Code.ONLY_IN_CSV: FindingText(
        "info",
        "Only the CSV knows this user, who has been deleted at Clerk since.",
        advice="Nothing to do; or carry such users over with CLERK_TO_BETTERAUTH_ORPHANS=migrate.",
    ),
    Code.ONLY_IN_API: FindingText(
        "warning",
        "The CSV does not know this user: no password and no authenticator was carried over.",
        Action.EXPORT_AGAIN,
    ),
    Code.ONLY_IN_LOBECHAT: FindingText(
        "info", "LobeChat knows this user, Clerk does not.", advice="Nothing to do: the row is left as it is."
    ),
    Code.NO_EMAIL: FindingText(
        "warning", "The user has no email address: neither a password nor a reset by email is possible.", _ENTER
    ),
    Code.EMAIL_INVALID: FindingText(
        "warning", "What Clerk holds as the email is not an address; it was left empty.", _ENTER
    ),
    Code.CONFLICT_EMAIL: FindingText("blocking", "Two users have the same email address.", _SETTLE),
    Code.CONFLICT_USERNAME: FindingText("blocking", "Two users have the same user name.", _SETTLE),
    Code.CONFLICT_PHONE: FindingText("blocking", "Two users have the same phone number.", _SETTLE),
    Code.CONFLICT_NORMALIZED_EMAIL: FindingText(
        "blocking", "Two users' addresses are the same once LobeChat has normalised them.", _SETTLE
    ),
    Code.CONFLICT_ACCOUNT: FindingText("blocking", "The same provider account is linked to two users.", _SETTLE),
    Code.CONFLICT_ACCOUNT_ROW_ID: FindingText(
        "blocking",
        "A row of accounts with this link's id belongs to another user.",
        _SETTLE,
        "Look at the row in LobeChat's table accounts; remove it if it is not wanted, then run again.",
    ),
    Code.CONFLICT_ID_TWICE: FindingText(
        "blocking",
        "The input names this user more than once.",
        _SETTLE,
        "Export from Clerk again, then run again.",
    ),
    Code.CONFLICT_TWO_FACTOR_ROW_ID: FindingText(
        "blocking",
        "A row of two_factor with this user's row id belongs to another user.",
        _SETTLE,
        "Look at the row in LobeChat's table two_factor; remove it if it is not wanted, then run again.",
    ),
    Code.CHANGED_SINCE: FindingText("info", "Changed in LobeChat after an earlier run; LobeChat's values were kept."),
    Code.LINK_REMOVED_AT_CLERK: FindingText(
        "warning",
        "An earlier run carried this link or password (credential) over; Clerk no longer has it. It still works.",
        Action.REVIEW,
        "Remove it from LobeChat's table accounts if it must not work any more.",
    ),
    Code.SHUT_OUT_LEFT_OUT: FindingText(
        "warning", "Shut out at Clerk, but left out here because of a conflict: may get in.", Action.BAN
    ),
    Code.NEWCOMER_JOINED: FindingText(
        "info",
        "Existed twice: links and password of the new, empty account were moved to the old one, whose chats are there"
        " again. The new account's sessions end.",
        advice="Nothing to do: the user signs in as in the new account.",
    ),
    Code.NEWCOMER_NOT_JOINED: FindingText(
        "warning",
        "Clashes with a user whom LobeChat 2 made, and was not joined with that user for the reason given.",
        _SETTLE,
        "docs/late-rescue.md says what can be done for each reason; then run again.",
    ),
    Code.KEPT_ON_ROLLBACK: FindingText(
        "warning",
        "Kept on rollback, with all that the migration gave: changed since, by now with chats or other rows of their"
        " own, or another user has the former address, name or number.",
        Action.REVIEW,
        "Look at these users one by one: docs/rollback.md says why each is kept and what can be done.",
    ),
    Code.CREDENTIAL_UNCHECKABLE: FindingText(
        "warning",
        "LobeChat holds a password digest that it cannot check: signing in with it ends in an error.",
        Action.SET_PASSWORD,
    ),
    Code.EMAIL_REFUSED: FindingText(
        "warning",
        "LobeChat 2.0.0 to 2.2.2 take no password from this address (its domain is on a list of disposable ones and"
        " relays, or its form is unusual), and let nobody set one. A provider still works.",
        Action.RENEW_LOBECHAT,
    ),
    Code.EMAIL_NOT_MATCHABLE: FindingText(
        "warning",
        "The address in LobeChat has capitals or blanks, which no sign-in finds.",
        _ENTER,
        "Run the simple path, or correct the address in LobeChat's table users.",
    ),
    Code.ONBOARDING_ONCE: FindingText(
        "info",
        "Signed out once, and shown LobeChat 2's onboarding (five steps) at the first visit.",
        advice="Tell them beforehand: docs/letters.md.",
    ),
    Code.PASSWORD_BY_MAIL_POSSIBLE: FindingText(
        "info",
        "Came through a provider alone until now, and can set a password by email from now on: who reads the mailbox"
        " gets in without the provider.",
        advice="Nothing to do if that is welcome. Otherwise set AUTH_DISABLE_EMAIL_PASSWORD=1 in LobeChat, with which"
        " nobody signs in with a password. AUTH_ALLOWED_EMAILS does not help: it is read only when a user is made.",
    ),
    Code.AVATAR_AT_CLERK: FindingText(
        "info",
        "The picture is served by Clerk, and disappears with the Clerk instance.",
        advice="Keep the Clerk instance until they have chosen a new picture, or accept the loss: docs/faq.md.",
    ),
    Code.PASSWORD_LOST_BY_CODE: FindingText(
        "warning",
        "Has a password and an unverified address: LobeChat 2.2.19 and newer delete the password when the user signs in"
        " by a link or code sent by mail.",
        advice="Leave AUTH_ENABLE_MAGIC_LINK unset, or tell them to verify the address first.",
    ),
    # Reasons that are ways of signing in
    SignIn.SET_PASSWORD: FindingText(
        "info", "Must set a password by email before the first sign-in.", Action.SET_PASSWORD
    ),
    SignIn.NO_WAY_IN: FindingText(
        "warning", "Cannot sign in at all.", advice="attention.csv says for each person what to do."
    ),
}
NO_WAY_IN_ACTIONS: dict[str, Action] = {
    SignInReason.CONFLICT: _SETTLE,
    SignInReason.NO_EMAIL: _ENTER,
    SignInReason.EMAIL_NOT_MATCHABLE: _ENTER,
    SignInReason.EMAIL_REFUSED: Action.RENEW_LOBECHAT,
    SignInReason.NO_MAIL_SERVICE: Action.CONFIGURE_LOBECHAT,
    SignInReason.EMAIL_SIGN_IN_DISABLED: Action.CONFIGURE_LOBECHAT,
}


def explain(code: str) -> FindingText:
    """The words for a finding's code."""
    return TEXTS[code]


def choose_action(reason: str, detail: str) -> Action | None:
    """What one cause asks for; None where there is nothing to do."""
    if reason == SignIn.NO_WAY_IN:
        return NO_WAY_IN_ACTIONS.get(detail, Action.CONFIGURE_LOBECHAT)
    return TEXTS[reason].action
