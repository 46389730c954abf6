"""A user as Clerk's Backend API 2025-04-10 gives it, those fields too that the job passes over."""

from typing import Any

from sandbox.kinds import LINKS, Kind
from sandbox.traits import Traits

Json = dict[str, Any]

DAY_MS = 86_400_000
LOCK_SECONDS = 10_800
LINK_STATUS = {
    Kind.LINK_UNVERIFIED: "unverified",
    Kind.LINK_FAILED: "failed",
    Kind.LINK_EXPIRED: "expired",
    Kind.LINK_TRANSFERABLE: "transferable",
}
OTHER_EMAIL = {Kind.APPLE_OTHER_EMAIL, Kind.MICROSOFT_OTHER_EMAIL, Kind.GOOGLE_OTHER_EMAIL}
TOTP = {Kind.TOTP, Kind.TOTP_ASCII, Kind.TOTP_MISSING}
SCOPES = {"oauth_google": "email  https://www.googleapis.com/auth/userinfo.email openid profile"}


def api_user(person: Traits) -> Json:
    """The JSON of one user."""
    number, kind, changed = person.number, person.kind, person.created_at + DAY_MS
    totp = kind in TOTP
    factor = totp or kind is Kind.SMS_SECOND_FACTOR
    has_image = number % 3 != 0
    return {
        "id": person.id,
        "object": "user",
        "username": person.username,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "locale": "en-US",
        "image_url": image_url(person),
        "has_image": has_image,
        "primary_email_address_id": f"idn_e{number}_0" if person.email else None,
        "primary_phone_number_id": f"idn_p{number}" if person.phone else None,
        "primary_web3_wallet_id": f"idn_w{number}" if kind is Kind.WEB3 else None,
        "password_enabled": (person.password or person.digest) is not None and kind is not Kind.PASSWORD_DISABLED,
        "two_factor_enabled": factor,
        "totp_enabled": totp,
        "backup_code_enabled": totp,
        "email_addresses": _emails(person),
        "phone_numbers": [_phone(person)] if person.phone else [],
        "web3_wallets": [_wallet(person)] if kind is Kind.WEB3 else [],
        "passkeys": [_passkey(person)] if kind is Kind.PASSKEY else [],
        "external_accounts": _links(person),
        "saml_accounts": [_enterprise(person, "saml")] if kind is Kind.SAML else [],
        "enterprise_accounts": [_enterprise(person, "enterprise")] if kind is Kind.ENTERPRISE else [],
        "public_metadata": {"plan": "pro"} if number % 5 == 0 else {},
        "private_metadata": {},
        "unsafe_metadata": {},
        "external_id": None,
        "last_sign_in_at": changed if number % 7 else None,
        "banned": kind is Kind.BANNED,
        "locked": kind in {Kind.LOCKED, Kind.LOCKED_UNTIL},
        "deprovisioned": kind is Kind.DEPROVISIONED,
        "lockout_expires_in_seconds": LOCK_SECONDS if kind is Kind.LOCKED_UNTIL else None,
        "verification_attempts_remaining": 0 if kind in {Kind.LOCKED, Kind.LOCKED_UNTIL} else 100,
        "created_at": person.created_at,
        "updated_at": changed,
        "password_last_updated_at": person.created_at if person.digest else None,
        "delete_self_enabled": True,
        "create_organization_enabled": True,
        "last_active_at": changed if number % 7 else None,
        "mfa_enabled_at": changed if factor else None,
        "mfa_disabled_at": None,
        "legal_accepted_at": None,
    }


def image_url(person: Traits) -> str:
    """Clerk's own address of the avatar."""
    return f"https://img.clerk.com/eyJ0eXBlIjoiZGVmYXVsdCIsInJpZCI6Ij{person.id}"


def _times(person: Traits) -> Json:
    return {"created_at": person.created_at, "updated_at": person.created_at + DAY_MS}


def _checked(kind: str, status: str, strategy: str, **more: Any) -> Json:
    expire_at = None if kind != "verification_oauth" else 1_700_000_600_000
    return {"object": kind, "status": status, "strategy": strategy, "attempts": 1, "expire_at": expire_at, **more}


def _emails(person: Traits) -> list[Json]:
    status = "unverified" if person.kind is Kind.UNVERIFIED_EMAIL else "verified"
    return [
        {
            "id": f"idn_e{person.number}_{index}",
            "object": "email_address",
            "email_address": address,
            "reserved": False,
            "verification": _checked("verification_otp", status, "email_code"),
            "linked_to": [],
            "matches_sso_connection": False,
            **_times(person),
        }
        for index, address in enumerate((person.email, person.work_email))
        if address
    ]


def _phone(person: Traits) -> Json:
    return {
        "id": f"idn_p{person.number}",
        "object": "phone_number",
        "phone_number": person.phone,
        "reserved_for_second_factor": person.kind is Kind.SMS_SECOND_FACTOR,
        "default_second_factor": person.kind is Kind.SMS_SECOND_FACTOR,
        "reserved": False,
        "verification": _checked("verification_otp", "verified", "phone_code"),
        "linked_to": [],
        "backup_codes": None,
        **_times(person),
    }


def _links(person: Traits) -> list[Json]:
    return [_link(person, index, provider) for index, provider in enumerate(LINKS.get(person.kind, ()))]


def _link(person: Traits, index: int, provider: str) -> Json:
    number, kind = person.number, person.kind
    status = LINK_STATUS.get(kind, "verified")
    checked = None if kind is Kind.LINK_WITHOUT_VERIFICATION else _checked("verification_oauth", status, provider)
    return {
        "object": "external_account",
        "id": f"eac_{number:08d}_{index}",
        "provider": provider,
        "identification_id": f"idn_x{number}_{index}",
        "provider_user_id": "" if kind is Kind.LINK_WITHOUT_ID else f"{provider[6:]}-{number}",
        "approved_scopes": SCOPES.get(provider, "email openid profile"),
        "email_address": f"other.{number}@example.net" if kind in OTHER_EMAIL else person.email or "",
        "email_address_verified": True,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "image_url": None,
        "username": None,
        "phone_number": None,
        "public_metadata": {},
        "label": None,
        **_times(person),
        "verification": checked,
    }


def _enterprise(person: Traits, name: str) -> Json:
    checked = _checked("verification_saml", "verified", "saml") if name == "saml" else None
    return {
        "id": f"{name}_{person.number}",
        "object": f"{name}_account",
        "provider": "saml_okta",
        "active": True,
        "email_address": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "provider_user_id": f"okta-{person.number}",
        "public_metadata": {},
        "verification": checked,
    }


def _wallet(person: Traits) -> Json:
    checked = _checked("verification_web3", "verified", "web3_metamask_signature", nonce=None)
    wallet = f"0x{person.number:040x}"
    return {
        "id": f"idn_w{person.number}",
        "object": "web3_wallet",
        "web3_wallet": wallet,
        "verification": checked,
        **_times(person),
    }


def _passkey(person: Traits) -> Json:
    return {
        "id": f"idn_k{person.number}",
        "object": "passkey",
        "name": "Laptop",
        "last_used_at": person.created_at + DAY_MS,
        "verification": _checked("verification_passkey", "verified", "passkey", nonce="nonce"),
    }
