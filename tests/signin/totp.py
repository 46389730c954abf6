"""What an authenticator app shows: RFC 6238 with SHA-1, 30 seconds, 6 digits."""

import base64
import hmac
import time


def authenticator_code(secret: str) -> str:
    """The code of this moment for a Base32 secret."""
    counter = int(time.time() // 30).to_bytes(8, "big")
    mac = hmac.digest(base64.b32decode(secret), counter, "sha1")
    offset = mac[-1] & 15
    return f"{(int.from_bytes(mac[offset : offset + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
