"""Two-factor rows as Better Auth 1.4.6 and 1.6.15 read them, and what becomes of the user's authenticator.

Better Auth takes the stored secret's UTF-8 bytes as the HMAC key, an authenticator app the Base32-decoded bytes: they
agree only where those bytes are text.
"""

import binascii
from base64 import b32decode
from collections.abc import Iterator
from hashlib import sha256
from hmac import digest as hmac_digest

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
)

from job.clerk.models import ClerkUser, CsvUser
from job.mapping.rows import Finding, FindingCode, MappingOptions, TwoFactorRow

CODE_COUNT = 10
CODE_LENGTH = 10
CODE_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_UNBIASED = 256 - 256 % len(CODE_ALPHABET)  # bytes from here on would favour the first letters
_BLANKS = str.maketrans("", "", " -=\t")


def map_two_factor(
    csv: CsvUser | None, api: ClerkUser | None, options: MappingOptions, findings: list[Finding]
) -> TwoFactorRow | None:
    """The row to write, or None; who loses a second factor goes to `findings`."""
    secret = csv.totp_secret if csv else None
    user_id = api.id if api else csv.id if csv else ""
    if api is not None and not api.totp_enabled:
        if api.two_factor_enabled:
            findings.append(Finding(user_id, FindingCode.SECOND_FACTOR_LOST))
        return None
    if api is None and secret is None:
        return None
    if not options.preserve_two_factor:
        findings.append(Finding(user_id, FindingCode.AUTHENTICATOR_STOPS))
        return None
    if secret is None:
        findings.append(Finding(user_id, FindingCode.TOTP_SECRET_MISSING))
        return None
    return _preserve(user_id, secret, options.auth_secret, findings)


def _preserve(user_id: str, secret: str, auth_secret: str | None, findings: list[Finding]) -> TwoFactorRow | None:
    secret = secret.translate(_BLANKS).upper()
    key = decode_base32(secret)
    if key is None:
        findings.append(Finding(user_id, FindingCode.TOTP_SECRET_INVALID))
        return None
    text = as_text(key) if auth_secret else None
    if text is None:
        findings.append(Finding(user_id, FindingCode.AUTHENTICATOR_STOPS))
    if not auth_secret:
        return TwoFactorRow(f"tf_{user_id}", user_id, secret, "[]", secret, ())
    codes = derive_backup_codes(auth_secret, user_id, secret)
    return TwoFactorRow(
        f"tf_{user_id}",
        user_id,
        encrypt(auth_secret, f"secret\0{user_id}", secret if text is None else text),
        encrypt(auth_secret, f"codes\0{user_id}", '["' + '","'.join(codes) + '"]'),
        secret,
        codes,
    )


def decode_base32(secret: str) -> bytes | None:
    """The bytes of an upper-case Base32 text without padding; None where it is not one or holds nothing."""
    try:
        return b32decode(secret + "=" * (-len(secret) % 8)) or None
    except (binascii.Error, ValueError):
        return None


def as_text(key: bytes) -> str | None:
    """The text whose UTF-8 bytes are `key`, or None; JavaScript drops a byte-order mark, so that is none either."""
    try:
        text = key.decode()
    except UnicodeDecodeError:
        return None
    return None if text.startswith("\ufeff") else text


def encrypt(auth_secret: str, purpose: str, plaintext: str) -> str:
    """Ciphertext as Better Auth's `symmetricEncrypt` makes it, but with a nonce that follows from the content.

    Key SHA-256(AUTH_SECRET), XChaCha20-Poly1305, 24-byte nonce in front, lower-case hex.  Equal nonces mean equal
    purpose and plaintext, so none is ever used for two messages.
    """
    secret, message = _octets(auth_secret), _octets(plaintext)
    nonce = hmac_digest(secret, b"nonce\0" + _octets(purpose) + b"\0" + message, "sha256")
    nonce = nonce[:crypto_aead_xchacha20poly1305_ietf_NPUBBYTES]
    return (nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(message, None, nonce, sha256(secret).digest())).hex()


def derive_backup_codes(auth_secret: str, user_id: str, totp_secret: str) -> tuple[str, ...]:
    """Ten codes shaped like Better Auth's (`aB3dE-Fg7hI`), the same at each run and unknown without AUTH_SECRET."""
    letters = _letters(_octets(auth_secret), f"backup\0{user_id}\0{totp_secret}".encode("utf-8", "surrogatepass"))
    codes: dict[str, None] = {}
    while len(codes) < CODE_COUNT:
        code = "".join(next(letters) for _ in range(CODE_LENGTH))
        codes[f"{code[:5]}-{code[5:]}"] = None
    return tuple(codes)


def _letters(key: bytes, seed: bytes) -> Iterator[str]:
    block = 0
    while True:
        for byte in hmac_digest(key, seed + b"\0" + block.to_bytes(4, "big"), "sha256"):
            if byte < _UNBIASED:
                yield CODE_ALPHABET[byte % len(CODE_ALPHABET)]
        block += 1


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
