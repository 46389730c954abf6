"""What is to be done about a person, one action each; attention.csv is sorted by them, the most urgent first."""

from enum import StrEnum


class Action(StrEnum):
    """The actions, most urgent first; docs/letters.md has the words for those that the person takes."""

    SETTLE_CONFLICT = "settle_conflict"
    BAN = "ban"
    ENTER_ADDRESS = "enter_address"
    CONFIGURE_LOBECHAT = "configure_lobechat"
    RENEW_LOBECHAT = "renew_lobechat"
    SET_PASSWORD = "set_password"  # noqa: S105 - the name of an action
    LINK_PROVIDER = "link_provider"
    ENROL_AUTHENTICATOR = "enrol_authenticator"
    ENABLE_PROVIDER = "enable_provider"
    NAME_PROVIDER = "name_provider"
    EXPORT_AGAIN = "export_again"
    REVIEW = "review"

    @property
    def urgency(self) -> int:
        """0 is the most urgent."""
        return URGENCY[self]

    @property
    def what_to_do(self) -> str:
        """One sentence for the operator."""
        return WHAT_TO_DO[self]


URGENCY = {action: number for number, action in enumerate(Action)}
LETTERS = (Action.SET_PASSWORD, Action.LINK_PROVIDER, Action.ENROL_AUTHENTICATOR)  # the person does it: write to them

WHAT_TO_DO = {
    Action.SETTLE_CONFLICT: "Settle at Clerk or in LobeChat which of the two users keeps it, then run again.",
    Action.BAN: "Ban the user in LobeChat (users.banned = true), or settle the conflict and run again.",
    Action.ENTER_ADDRESS: "Enter an email address for the user at Clerk and run again, or in LobeChat's table users.",
    Action.CONFIGURE_LOBECHAT: "Give LobeChat a mail service, or enable a provider that the user has.",
    Action.RENEW_LOBECHAT: "Deploy LobeChat 2.2.3 or newer (CLERK_TO_BETTERAUTH_LOBECHAT_RELEASE says so to the"
    " job), or enter another address for the user.",
    Action.SET_PASSWORD: "Ask the user to set a password by email on LobeChat's sign-in page.",
    Action.LINK_PROVIDER: "Ask the user to sign in another way and to link the provider in LobeChat's profile.",
    Action.ENROL_AUTHENTICATOR: "Where LobeChat's two-factor plugin is on: hand over the backup codes, and ask the user"
    " to set up the authenticator app again. Elsewhere tell the user that no second factor is asked for.",
    Action.ENABLE_PROVIDER: "Enable the provider in LobeChat's AUTH_SSO_PROVIDERS before users come back.",
    Action.NAME_PROVIDER: "Name the provider in CLERK_TO_BETTERAUTH_PROVIDER_MAP and run again.",
    Action.EXPORT_AGAIN: "Download the CSV again from Clerk's dashboard and run again; whoever still has no password"
    " sets one by email.",
    Action.REVIEW: "Look at the user's rows in LobeChat.",
}
