"""What a person of the sandbox does to get into LobeChat, knowing nothing of its tables, and what comes of it."""

from collections.abc import Iterator
from typing import Any

from job.mapping.rows import SignIn
from sandbox.population import Person
from tests.signin.better_auth import Answer, BetterAuth
from tests.support.sandbox_job import PROVIDER_MAP

Json = dict[str, Any]

NEW_PASSWORD = "a new password"
BANNED = {"BANNED_USER", "banned"}  # by password; 1.4.6 after a provider


def typed_email(person: Person) -> str | None:
    """The address that the person believes to be registered, as they type it."""
    if person.api is not None:
        primary = person.api["primary_email_address_id"]
        return next((str(one["email_address"]) for one in person.api["email_addresses"] if one["id"] == primary), None)
    if person.csv is not None:
        return person.csv["primary_email_address"] or None
    return (person.lobechat or {})["email"] or None


def own_links(person: Person) -> Iterator[tuple[str, Json]]:
    """(provider as LobeChat calls it, link at Clerk) for the accounts that the person can prove to own."""
    for link in (person.api or {}).get("external_accounts", ()):
        name = link["provider"].removeprefix("oauth_")
        if link["verification"] is None or link["verification"]["status"] == "verified":
            yield PROVIDER_MAP.get(name, name.removeprefix("custom_")), link


def try_link(lobechat: BetterAuth, person: Person, provider: str, link: Json) -> Answer:
    """Sign in through the provider.

    Microsoft's id of the person is another for LobeChat's app registration than it was for Clerk's.  The others keep
    the id; that they give an address unknown to LobeChat shows that it is the link that opens, not the address.
    """
    if provider == "microsoft":
        return lobechat.sso(provider, f"another-{link['provider_user_id']}", link["email_address"])
    return lobechat.sso(provider, link["provider_user_id"] or "unknown", f"{provider}.{person.id}@elsewhere.example")


def try_by_mail(lobechat: BetterAuth, email: str) -> Answer:
    """Set a new password by email, and verify the address where LobeChat asks for that."""
    answer = lobechat.set_password(email, NEW_PASSWORD)
    return lobechat.verify_email(email) if answer.error == "EMAIL_NOT_VERIFIED" else answer


def find_way_in(lobechat: BetterAuth, person: Person) -> SignIn:
    """Try every way that the person has, the mail last, and say in the report's words which opened."""
    email = typed_email(person)
    by_password = lobechat.sign_in(email, person.password) if email and person.password else None
    by_link = [try_link(lobechat, person, provider, link) for provider, link in own_links(person)]
    password = by_password is not None and by_password.user_id == person.id
    link = any(answer.user_id == person.id for answer in by_link)
    if password or link:
        return SignIn.PASSWORD_OR_SSO if password and link else SignIn.PASSWORD if password else SignIn.SSO
    by_mail = try_by_mail(lobechat, email) if email else None
    answers = [by_password, by_mail, *by_link, vouch_for(lobechat, person, email) if email else None]
    if any(answer and answer.error in BANNED for answer in answers):
        return SignIn.SHUT_OUT
    return SignIn.SET_PASSWORD if by_mail and by_mail.user_id == person.id else SignIn.NO_WAY_IN


def vouch_for(lobechat: BetterAuth, person: Person, email: str) -> Answer:
    """Have Google vouch for the address: no way of the person's own, but it tells a ban from having no way in."""
    return lobechat.sso("google", f"vouched-{person.id}", email)
