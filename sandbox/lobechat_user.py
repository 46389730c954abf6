"""A user's row as LobeChat 1.x kept it by Clerk's webhooks, and what the user changed since."""

from typing import Any

from sandbox.clerk_user import image_url
from sandbox.kinds import Kind
from sandbox.traits import Traits


def lobechat_user(person: Traits) -> dict[str, Any]:
    """The columns of `users` that differ from user to user; a user without an address has the empty text."""
    email = person.email or ""
    return {
        "id": person.id,
        "email": f" {email} " if person.kind is Kind.BLANKS_IN_EMAIL else email,
        "username": person.username,
        "phone": person.phone,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "avatar": _avatar(person),
        "full_name": f"{person.first_name} the user's own" if person.kind is Kind.FULL_NAME_SET else None,
        "created_at_ms": person.created_at,
    }


def _avatar(person: Traits) -> str:
    if person.kind is Kind.OWN_AVATAR:
        return f"https://lobechat.example.org/avatars/{person.number}.png"
    return image_url(person)
