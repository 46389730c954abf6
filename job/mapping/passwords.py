"""Password digests: which of them LobeChat can check, and how they are written."""

import re

from job.mapping.rows import FindingCode

# bcrypt's modular crypt form: version, cost 04 to 31, 22 characters of salt and 31 of digest.
_is_bcrypt = re.compile(r"\$2[aby]\$(?:0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}").fullmatch

# Clerk's names; a label that is none of them is not repeated anywhere, since it may be a slipped column's value.
CLERK_HASHERS = frozenset(
    {"bcrypt", "bcrypt_sha256_django", "md5", "pbkdf2_sha1", "pbkdf2_sha256", "pbkdf2_sha256_django", "pbkdf2_sha512"}
    | {"pbkdf2_sha512_hex", "phpass", "md5_phpass", "scrypt_firebase", "scrypt_werkzeug", "sha256", "ldap_ssha"}
    | {"argon2i", "argon2id", "sha512_symfony"}
)


def checkable_digest(digest: str) -> str | None:
    """The digest as Better Auth checks it ($2a$ or $2b$); None where it is not bcrypt.

    The digest's own shape decides, not the label beside it.  `$2y$` is the same algorithm as `$2b$`.
    """
    if _is_bcrypt(digest) is None:
        return None
    return "$2b$" + digest[4:] if digest[2] == "y" else digest


def judge_password(
    digest: str | None, hasher: str | None, *, enabled: bool
) -> tuple[str | None, FindingCode | None, str]:
    """The digest to write or None, with the finding or None and its detail.

    `enabled` is Clerk's `password_enabled`; of a user whom only the CSV knows, a digest says that it is.
    """
    if digest is None:
        return None, (FindingCode.PASSWORD_DIGEST_MISSING if enabled else None), ""
    if not enabled:
        return None, FindingCode.PASSWORD_DISABLED, ""
    checkable = checkable_digest(digest)
    if checkable is None:
        label = hasher if hasher in CLERK_HASHERS else "unknown"
        return None, FindingCode.PASSWORD_HASHER_UNSUPPORTED, label or "unknown"
    return checkable, None, ""
