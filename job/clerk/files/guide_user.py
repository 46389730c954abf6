"""The shape that the guide's own script gives to its users: some fields of Clerk's, and two names of its own."""

from typing import Any

import msgspec

from job.clerk.models import ClerkUser

PRIMARY = "primaryEmail"
STATUS = "verificationStatus"


def is_guide_user(item: dict[str, Any]) -> bool:
    """Whether this JSON object has the guide's names rather than Clerk's."""
    return "email_addresses" not in item and (PRIMARY in item or any(STATUS in link for link in _links(item)))


def convert_guide_user(item: dict[str, Any]) -> ClerkUser:
    """The user as if Clerk had told of it; names, phones and two-factor are known to the CSV alone.

    Fills Clerk's fields into `item`.  Raises msgspec.ValidationError.
    """
    item["from_guide_export"] = True
    if item.get(PRIMARY) is not None:
        item["email_addresses"] = [{"id": PRIMARY, "email_address": item[PRIMARY]}]
        item["primary_email_address_id"] = PRIMARY
    for link in _links(item):
        verified = link.get(STATUS)
        if verified is not None:
            if not isinstance(verified, bool):
                raise msgspec.ValidationError(f"Expected `bool | null` - at `$.external_accounts[].{STATUS}`")
            link["verification"] = {"status": "verified" if verified else "unverified"}
    return msgspec.convert(item, ClerkUser)


def _links(item: dict[str, Any]) -> list[dict[str, Any]]:
    links = item.get("external_accounts")
    return [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
