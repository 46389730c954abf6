"""Words that page and terminal share."""

from job.mapping.rows import SignIn

# How one user, and how several, sign in
WAYS: dict[SignIn, tuple[str, str]] = {
    SignIn.PASSWORD: ("signs in with the password", "sign in with their password"),
    SignIn.SSO: ("signs in through a provider", "sign in through a provider"),
    SignIn.PASSWORD_OR_SSO: ("signs in either way", "sign in either way"),
    SignIn.SET_PASSWORD: ("must set a password by email first", "must set a password by email first"),
    SignIn.NO_WAY_IN: ("cannot sign in", "cannot sign in"),
    SignIn.SHUT_OUT: ("stays shut out, as at Clerk", "stay shut out, as at Clerk"),
}


def describe_way(way: SignIn, users: int) -> str:
    """The words that follow the number of users."""
    one, many = WAYS[way]
    return one if users == 1 else many


def count(number: int, one: str, many: str) -> str:
    """`1 person`, `1,234 people`."""
    return f"{number:,} {one if number == 1 else many}"
