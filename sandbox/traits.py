"""Who a person is, drawn from the seed: what Clerk's API, its CSV and LobeChat then each tell in their own way."""

import base64
import random
from dataclasses import dataclass
from functools import cache

import bcrypt

from sandbox.kinds import EMAILLESS, PASSWORDLESS, Kind

START_MS = 1_700_000_000_000
STEP_MS = 61_003
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
FIRST = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Margaret", "Alan", "Radia", "Ken", "Frances", "Tim", "Hedy")
LAST = ("Lovelace", "Hopper", "Dijkstra", "Liskov", "Knuth", "Hamilton", "Turing", "Perlman", "Allen", "Lamarr")
ODD = (('O\'Neil, "Jr."', "Smith\nJones"), ("李", "小龙"), ("Zoë 🦊", "Ünal; DROP TABLE"))
# Clerk's hashers but bcrypt, with digests of their shape.
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


@dataclass(slots=True)
class Traits:
    """A person.  `nth` counts the persons of one kind; None is what the person does not have."""

    number: int
    kind: Kind
    nth: int
    id: str
    created_at: int
    first_name: str
    last_name: str
    email: str | None  # as Clerk has it
    phone: str | None
    username: str | None
    password: str | None  # in the clear
    digest: str | None
    hasher: str | None
    totp_secret: str | None

    @property
    def work_email(self) -> str | None:
        """A second address."""
        return f"work.{self.number}@example.org" if self.kind is Kind.SEVERAL_EMAILS else None


@cache
def passwords() -> tuple[tuple[str, str], ...]:
    """(password, bcrypt digest) pairs, few and of low cost: one of full cost takes as long as a thousand people."""
    pairs = []
    for number in range(8):
        password = f"correct horse battery {number}"
        salt = b"$2b$04$" + f"sandboxsandboxsandbo{number}O".encode()
        pairs.append((password, bcrypt.hashpw(password.encode(), salt).decode()))
    return tuple(pairs)


def draw(number: int, kind: Kind, nth: int, rng: random.Random) -> Traits:
    """Make up one person."""
    user_id = _id(number, rng)
    first, last = rng.choice(FIRST), rng.choice(LAST)
    if kind is Kind.ODD_NAME:
        first, last = ODD[nth % len(ODD)]
    mailbox = f"{FIRST[number % len(FIRST)]}.{number}@Example.org"
    email = None if kind in EMAILLESS else mailbox if kind is Kind.UPPER_CASE_EMAIL else mailbox.lower()
    password, digest, hasher = _password(number, kind, nth)
    return Traits(
        number=number,
        kind=kind,
        nth=nth,
        id=user_id,
        created_at=START_MS + number // 2 * STEP_MS,  # two at the same moment: ties happen
        first_name=first,
        last_name=last,
        email=email,
        phone=f"+1555{number:07d}" if kind in {Kind.PHONE_ONLY, Kind.SMS_SECOND_FACTOR} else None,
        username=f"user{number}" if kind is Kind.USERNAME_ONLY or (number % 9 == 0 and email) else None,
        password=password,
        digest=digest,
        hasher=hasher,
        totp_secret=_totp_secret(kind, rng),
    )


def _id(number: int, rng: random.Random) -> str:
    """`user_` and 27 characters that sort by creation, as Clerk's ids do."""
    head = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        head = BASE62[digit] + head
    return "user_2" + head + "".join(rng.choices(BASE62, k=20))


def _password(number: int, kind: Kind, nth: int) -> tuple[str | None, str | None, str | None]:
    """The password in the clear, its digest in the CSV and the digest's hasher."""
    password, digest = passwords()[number % len(passwords())]
    if kind is Kind.FOREIGN_HASHER:
        hasher = tuple(HASHERS)[nth % len(HASHERS)]
        return None, HASHERS[hasher], hasher
    if kind in PASSWORDLESS:
        return None, None, None
    if kind is Kind.PASSWORD_WITHOUT_DIGEST:
        return password, None, None
    if kind in {Kind.PASSWORD_2A, Kind.PASSWORD_2Y}:
        digest = f"$2{kind.value[-1]}${digest[4:]}"
    return password, digest, "bcrypt"


def _totp_secret(kind: Kind, rng: random.Random) -> str | None:
    """Base32 of twenty bytes: random ones, which are no UTF-8 text, or letters."""
    if kind is Kind.TOTP_ASCII:
        return base64.b32encode(b"twenty ascii letters").decode()
    if kind is Kind.TOTP:
        return base64.b32encode(bytes([0xFF, *rng.randbytes(19)])).decode()
    return None
