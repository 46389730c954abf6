"""Words that page and terminal share."""

import re
from typing import NamedTuple

from job.mapping.rows import FindingCode, SignIn
from job.report.actions import Action

# How one user, and how several, sign in
WAYS: dict[SignIn, tuple[str, str]] = {
    SignIn.PASSWORD: ("signs in with the password", "sign in with their password"),
    SignIn.SSO: ("signs in through a provider", "sign in through a provider"),
    SignIn.PASSWORD_OR_SSO: ("signs in either way", "sign in either way"),
    SignIn.SET_PASSWORD: ("must set a password by email first", "must set a password by email first"),
    SignIn.NO_WAY_IN: ("cannot sign in", "cannot sign in"),
    SignIn.SHUT_OUT: ("stays shut out, as at Clerk", "stay shut out, as at Clerk"),
}


# What two users of a clash have in common
CLASHES: dict[str, str] = {
    FindingCode.CONFLICT_EMAIL: "email address",
    FindingCode.CONFLICT_USERNAME: "user name",
    FindingCode.CONFLICT_PHONE: "phone number",
    FindingCode.CONFLICT_NORMALIZED_EMAIL: "address, once normalised",
    FindingCode.CONFLICT_ACCOUNT: "provider account",
    FindingCode.CONFLICT_ACCOUNT_ROW_ID: "row id in accounts",
    FindingCode.CONFLICT_ID_TWICE: "id: the input names it twice",
    FindingCode.CONFLICT_TWO_FACTOR_ROW_ID: "row id in two_factor",
}


class ActionWords(NamedTuple):
    """What is the matter with one person, and with several; the colour is that of their way of signing in."""

    one: str
    many: str
    colour: str


_RED, _AMBER, _BLUE = SignIn.NO_WAY_IN, SignIn.SET_PASSWORD, SignIn.SSO
ACTIONS: dict[Action, ActionWords] = {
    Action.SETTLE_CONFLICT: ActionWords("person is in a conflict", "people are in a conflict", _RED),
    Action.BAN: ActionWords(
        "person was shut out at Clerk and could get in", "people were shut out at Clerk and could get in", _RED
    ),
    Action.ENTER_ADDRESS: ActionWords(
        "person has no address that a sign-in finds", "people have no address that a sign-in finds", _RED
    ),
    Action.CONFIGURE_LOBECHAT: ActionWords(
        "person cannot sign in under LobeChat's settings", "people cannot sign in under LobeChat's settings", _RED
    ),
    Action.RENEW_LOBECHAT: ActionWords(
        "person has an address from which LobeChat takes no password",
        "people have an address from which LobeChat takes no password",
        _RED,
    ),
    Action.SET_PASSWORD: ActionWords(
        "person has to set a password by email", "people have to set a password by email", _AMBER
    ),
    Action.LINK_PROVIDER: ActionWords(
        "person has to link a provider again", "people have to link a provider again", _BLUE
    ),
    Action.ENROL_AUTHENTICATOR: ActionWords(
        "person has an authenticator app that stops working",
        "people have an authenticator app that stops working",
        _BLUE,
    ),
    Action.ENABLE_PROVIDER: ActionWords(
        "person has a provider that is not enabled", "people have a provider that is not enabled", _BLUE
    ),
    Action.NAME_PROVIDER: ActionWords(
        "person has a provider that the job cannot name", "people have a provider that the job cannot name", _BLUE
    ),
    Action.EXPORT_AGAIN: ActionWords(
        "person lacks data that the CSV should have", "people lack data that the CSV should have", _BLUE
    ),
    Action.REVIEW: ActionWords("person has to be looked at", "people have to be looked at", _BLUE),
}


def describe_way(way: SignIn, users: int) -> str:
    """The words that follow the number of users."""
    one, many = WAYS[way]
    return one if users == 1 else many


def describe_action(action: Action, people: int) -> str:
    """The words that follow the number of people."""
    words = ACTIONS[action]
    return words.one if people == 1 else words.many


def count(number: int, one: str, many: str) -> str:
    """`1 person`, `1,234 people`."""
    return f"{number:,} {one if number == 1 else many}"


def sentence(text: str) -> str:
    """With a capital and a full stop; a name at its beginning (of a file, a variable) stays as it is."""
    begin = text[0].upper() + text[1:] if re.match(r"[a-z]+[\s,;:]", text) else text
    return begin if begin[-1] in ".;:!?" else f"{begin}."
