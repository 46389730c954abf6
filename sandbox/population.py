"""People, the same for the same seed, in any number: what Clerk's API, its CSV and LobeChat each know of them."""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import bcrypt

from sandbox.kinds import CYCLE, Kind, cycle

Json = dict[str, Any]

START_MS = 1_700_000_000_000
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
KEY_PREFIX = "user_2"
HASHERS = {
    "bcrypt_sha256_django": "bcrypt_sha256$$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
    "md5": "5f4dcc3b5aa765d61d8327deb882cf99",
    "pbkdf2_sha1": "pbkdf2_sha1$100000$c2FsdHNhbHQ=$Zm9vYmFyZm9vYmFyZm9vYg==",
    "pbkdf2_sha256": "pbkdf2_sha256$100000$c2FsdHNhbHQ=$Zm9vYmFyZm9vYmFyZm9vYg==",
    "pbkdf2_sha256_django": "pbkdf2_sha256$260000$saltsalt$Zm9vYmFyZm9vYmFyZm9vYg==",
    "pbkdf2_sha512": "pbkdf2_sha512$100000$c2FsdHNhbHQ=$Zm9vYmFyZm9vYmFyZm9vYg==",
    "pbkdf2_sha512_hex": "pbkdf2_sha512_hex$100000$73616c74$666f6f626172",
    "phpass": "$P$BsaltsaltuNIHDMMJHcUsBFn5LThWl0",
    "md5_phpass": "$P$BsaltsaltuNIHDMMJHcUsBFn5LThWl1",
    "scrypt_firebase": "c2FsdHNhbHQ=$a2V5a2V5$Bw==$8$14$Zm9vYmFyZm9vYmFy",
    "scrypt_werkzeug": "scrypt:32768:8:1$saltsalt$666f6f626172666f6f626172",
    "sha256": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
    "ldap_ssha": "{SSHA}Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYg==",
    "argon2i": "$argon2i$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$Zm9vYmFyZm9vYmFyZm9vYg",
    "argon2id": "$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$Zm9vYmFyZm9vYmFyZm9vYg",
    "sha512_symfony": "$sha512$5000$saltsalt$Zm9vYmFyZm9vYmFyZm9vYg==",
}
FIRST = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Margaret", "Alan", "Radia", "Ken", "Frances", "Tim", "Hedy")
LAST = ("Lovelace", "Hopper", "Dijkstra", "Liskov", "Knuth", "Hamilton", "Turing", "Perlman", "Allen", "Lamarr")
ODD = (('O\'Neil, "Jr."', "Smith\nJones"), ("李", "小龙"), ("Zoë 🦊", "Ünal; DROP TABLE"))
LINK_STATUS = {
    Kind.LINK_UNVERIFIED: "unverified",
    Kind.LINK_FAILED: "failed",
    Kind.LINK_EXPIRED: "expired",
    Kind.LINK_TRANSFERABLE: "transferable",
}
PROVIDERS = {
    Kind.GOOGLE: ("oauth_google",),
    Kind.PASSWORD_AND_GOOGLE: ("oauth_google",),
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
    Kind.LINK_WITHOUT_VERIFICATION: ("oauth_google",),
    Kind.LINK_WITHOUT_ID: ("oauth_google",),
    Kind.LINK_REPEATED: ("oauth_github", "oauth_github"),
    **dict.fromkeys(LINK_STATUS, ("oauth_google",)),
}
NO_EMAIL = {Kind.PHONE_ONLY, Kind.USERNAME_ONLY, Kind.NOTHING}
WITHOUT_PASSWORD = {*PROVIDERS, Kind.SAML, Kind.ENTERPRISE, Kind.WEB3, Kind.PASSKEY, Kind.NOTHING, Kind.PHONE_ONLY} - {
    Kind.PASSWORD_AND_GOOGLE
}


@dataclass
class Person:
    """One user: `api` as Clerk's API tells it, `csv` as its export does, `lobechat` as LobeChat 1.x kept it."""

    number: int
    kind: Kind
    id: str
    password: str | None  # in the clear: what the person types; None where there is none
    api: Json | None
    csv: dict[str, str] | None
    lobechat: Json | None
    other: Json = field(default_factory=dict)


@cache
def passwords() -> tuple[tuple[str, str], ...]:
    """(password, bcrypt digest) pairs, few and cheap: the digest of a real one costs a thousand times more."""
    pairs = []
    for number in range(8):
        password = f"correct horse battery {number}"
        salt = b"$2b$04$" + f"sandboxsandboxsandbo{number}O".encode()
        pairs.append((password, bcrypt.hashpw(password.encode(), salt).decode()))
    return tuple(pairs)


def people(count: int, seed: int = 1, *, conflicts: bool = False) -> Iterator[Person]:
    """`count` people, streamed; from 200 on each kind is there.  `conflicts` adds three pairs who clash."""
    rng = random.Random(seed)
    kinds = cycle()
    rng.shuffle(kinds)
    for number in range(count):
        yield _person(number, kinds[number % CYCLE], rng)
    if conflicts:
        yield from _clashing(count, rng)


def _id(number: int, rng: random.Random) -> str:
    """`user_` and 27 characters that sort by creation, as Clerk's ids do."""
    head = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        head = BASE62[digit] + head
    return KEY_PREFIX + head + "".join(rng.choices(BASE62, k=20))


def _person(number: int, kind: Kind, rng: random.Random) -> Person:  # noqa: PLR0915 - the one place where a user is made
    user_id = _id(number, rng)
    first, last = rng.choice(FIRST), rng.choice(LAST)
    if kind is Kind.ODD_NAME:
        first, last = ODD[number % len(ODD)]
    created = START_MS + (number // 2) * 61_003  # two at the same moment: ties happen
    email = None if kind in NO_EMAIL else f"{FIRST[number % 12].lower()}.{number}@example.org"
    typed = f"{FIRST[number % 12]}.{number}@Example.org" if kind is Kind.UPPER_CASE_EMAIL else email
    has_password = kind not in WITHOUT_PASSWORD
    password, digest = passwords()[number % 8] if has_password else (None, None)
    hasher = "bcrypt"
    if digest and kind in {Kind.PASSWORD_2A, Kind.PASSWORD_2Y}:
        digest = f"$2{kind.value[-1]}${digest[4:]}"
    if kind is Kind.FOREIGN_HASHER:
        hasher = tuple(HASHERS)[(number // CYCLE + number) % len(HASHERS)]
        digest = HASHERS[hasher]
    if kind is Kind.PASSWORD_WITHOUT_DIGEST:
        digest = None
    phone = f"+1555{number:07d}" if kind in {Kind.PHONE_ONLY, Kind.SMS_SECOND_FACTOR} else None
    username = f"user{number}" if kind is Kind.USERNAME_ONLY or number % 9 == 0 else None
    api = _api(number, kind, user_id, created, first, last, typed, phone, username, has_password=has_password)
    totp = _totp(kind, rng)
    verified = kind not in {Kind.UNVERIFIED_EMAIL}
    extra = f"work.{number}@example.org" if kind is Kind.SEVERAL_EMAILS else ""
    csv = {
        "id": user_id,
        "first_name": first,
        "last_name": last,
        "username": username or "",
        "primary_email_address": typed or "",
        "primary_phone_number": phone or "",
        "verified_email_addresses": "|".join(one for one in ((typed if verified else "") or "", extra) if one),
        "unverified_email_addresses": "" if verified else typed or "",
        "verified_phone_numbers": phone or "",
        "unverified_phone_numbers": "",
        "totp_secret": totp or "",
        "password_digest": digest or "",
        "password_hasher": hasher if digest else "",
        "created_at": f"20{23 + number % 3}-01-02T03:04:05Z",
    }
    lobechat: Json = {
        "id": user_id,
        "email": (typed if kind is Kind.UPPER_CASE_EMAIL else email) or "",
        "username": username,
        "phone": phone,
        "first_name": first,
        "last_name": last,
        "avatar": f"https://img.clerk.com/{user_id}",
        "full_name": f"{first} the user's own" if kind is Kind.FULL_NAME_SET else None,
        "created_at_ms": created,
    }
    if kind is Kind.BLANKS_IN_EMAIL:
        lobechat["email"] = f" {email} "
    if kind is Kind.OWN_AVATAR:
        lobechat["avatar"] = f"https://lobechat.example.org/avatars/{number}.png"
    return Person(
        number,
        kind,
        user_id,
        password if digest and kind not in {Kind.FOREIGN_HASHER, Kind.PASSWORD_DISABLED} else None,
        None if kind in {Kind.CSV_ONLY, Kind.LOBECHAT_ONLY} else api,
        None if kind in {Kind.API_ONLY, Kind.LOBECHAT_ONLY} else csv,
        None if kind is Kind.NOT_IN_LOBECHAT else lobechat,
    )


def _totp(kind: Kind, rng: random.Random) -> str | None:
    if kind is Kind.TOTP_ASCII:
        return base64.b32encode(b"twenty ascii letters").decode()
    if kind is Kind.TOTP:
        return base64.b32encode(bytes([0xFF, *rng.randbytes(19)])).decode()
    return None


def _verification(status: str = "verified", strategy: str = "email_code") -> Json:
    return {"object": "verification_otp", "status": status, "strategy": strategy, "attempts": 1, "expire_at": None}


def _api(  # noqa: PLR0913 - the fields that other tables share
    number: int,
    kind: Kind,
    user_id: str,
    created: int,
    first: str,
    last: str,
    email: str | None,
    phone: str | None,
    username: str | None,
    *,
    has_password: bool,
) -> Json:
    """A user as the API gives it: Clerk's Backend API 2025-04-10, those fields too that the job passes over."""
    times = {"created_at": created, "updated_at": created + 86_400_000}
    status = "unverified" if kind is Kind.UNVERIFIED_EMAIL else "verified"
    emails = [(email, status)] if email else []
    if kind is Kind.SEVERAL_EMAILS:
        emails.append((f"work.{number}@example.org", "verified"))
    totp = kind in {Kind.TOTP, Kind.TOTP_ASCII, Kind.TOTP_MISSING}
    return {
        "id": user_id,
        "object": "user",
        "username": username,
        "first_name": first,
        "last_name": last,
        "locale": "en-US",
        "image_url": f"https://img.clerk.com/{user_id}",
        "has_image": number % 3 != 0,
        "primary_email_address_id": f"idn_e{number}_0" if email else None,
        "primary_phone_number_id": f"idn_p{number}" if phone else None,
        "primary_web3_wallet_id": None,
        "password_enabled": has_password and kind is not Kind.PASSWORD_DISABLED,
        "two_factor_enabled": totp or kind is Kind.SMS_SECOND_FACTOR,
        "totp_enabled": totp,
        "backup_code_enabled": totp,
        "email_addresses": [
            {
                "id": f"idn_e{number}_{index}",
                "object": "email_address",
                "email_address": address,
                "reserved": False,
                "verification": _verification(state),
                "linked_to": [],
                "matches_sso_connection": False,
                **times,
            }
            for index, (address, state) in enumerate(emails)
        ],
        "phone_numbers": [
            {
                "id": f"idn_p{number}",
                "object": "phone_number",
                "phone_number": phone,
                "reserved_for_second_factor": kind is Kind.SMS_SECOND_FACTOR,
                "default_second_factor": False,
                "reserved": False,
                "verification": _verification("verified", "phone_code"),
                "linked_to": [],
                "backup_codes": None,
                **times,
            }
        ]
        if phone
        else [],
        "web3_wallets": [{"id": f"idn_w{number}", "object": "web3_wallet"}] if kind is Kind.WEB3 else [],
        "passkeys": [{"id": f"idn_k{number}", "object": "passkey", "name": "laptop"}] if kind is Kind.PASSKEY else [],
        "external_accounts": _links(number, kind, email, first, last, times),
        "saml_accounts": [{"id": f"samlacc_{number}", "object": "saml_account"}] if kind is Kind.SAML else [],
        "enterprise_accounts": [{"id": f"ent_{number}", "object": "enterprise_account"}]
        if kind is Kind.ENTERPRISE
        else [],
        "public_metadata": {"plan": "pro"} if number % 5 == 0 else {},
        "private_metadata": {},
        "unsafe_metadata": {},
        "external_id": None,
        "last_sign_in_at": times["updated_at"],
        "banned": kind is Kind.BANNED,
        "locked": kind in {Kind.LOCKED, Kind.LOCKED_UNTIL},
        "deprovisioned": kind is Kind.DEPROVISIONED,
        "lockout_expires_in_seconds": 10_800 if kind is Kind.LOCKED_UNTIL else None,
        "verification_attempts_remaining": 100,
        **times,
        "delete_self_enabled": True,
        "create_organization_enabled": True,
        "last_active_at": times["updated_at"],
        "mfa_enabled_at": None,
        "mfa_disabled_at": None,
        "legal_accepted_at": None,
    }


def _links(number: int, kind: Kind, email: str | None, first: str, last: str, times: Json) -> list[Json]:
    other = kind in {Kind.APPLE_OTHER_EMAIL, Kind.MICROSOFT_OTHER_EMAIL}
    return [
        {
            "object": "external_account",
            "id": f"eac_{number:08d}_{index}",
            "provider": provider,
            "identification_id": f"idn_x{number}_{index}",
            "provider_user_id": "" if kind is Kind.LINK_WITHOUT_ID else f"{provider[6:]}-{number}",
            "approved_scopes": "email  openid profile",
            "email_address": f"other.{number}@example.net" if other else email or "",
            "email_address_verified": True,
            "first_name": first,
            "last_name": last,
            "image_url": None,
            "username": None,
            "phone_number": None,
            "public_metadata": {},
            "label": None,
            **times,
            "verification": None
            if kind is Kind.LINK_WITHOUT_VERIFICATION
            else _verification(LINK_STATUS.get(kind, "verified"), provider),
        }
        for index, provider in enumerate(PROVIDERS.get(kind, ()))
    ]


def _clashing(count: int, rng: random.Random) -> Iterator[Person]:
    """Three pairs: one address but for its case, one user name, one account of a provider."""
    for pair, change in enumerate(("email", "username", "account")):
        one = _person(count + 2 * pair, Kind.GOOGLE, rng)
        two = _person(count + 2 * pair + 1, Kind.GOOGLE, rng)
        if not (one.api and two.api and two.csv):
            raise AssertionError
        if change == "email":
            address = one.api["email_addresses"][0]["email_address"].upper()
            two.api["email_addresses"][0]["email_address"] = two.csv["primary_email_address"] = address
        elif change == "username":
            one.api["username"] = two.api["username"] = f"clash{count}"
        else:
            for person in (one, two):
                person.api["external_accounts"][0]["provider_user_id"] = f"clash-{count}"  # type: ignore[index]
        one.other, two.other = {"clashes_with": two.id}, {"clashes_with": one.id}
        one.lobechat = two.lobechat = None
        yield one
        yield two
