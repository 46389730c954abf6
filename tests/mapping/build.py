"""Users of Clerk for the examples: a plain one, changed by keyword."""

from typing import Any

from job.clerk.models import ClerkUser, CsvUser, EmailAddress, ExternalAccount, Verification
from job.mapping.rows import FindingCode, Mapped, MappingOptions

VERIFIED, UNVERIFIED = Verification("verified"), Verification("unverified")
DIGEST = "$2a$10$" + "abcdefghijklmnopqrstu." + "ABCDEFGHIJKLMNOPQRSTUVWXYZ01234"
EXPORTED_AT_MS = 1_700_000_000_000
OPTIONS = MappingOptions(
    csv_expected=True,
    preserve_two_factor=True,
    auth_secret="a secret of LobeChat",
    provider_map={},
    enabled_providers=None,
    links_verified_only=True,
    exported_at_ms=EXPORTED_AT_MS,
)


def api_user(**changes: Any) -> ClerkUser:
    given: dict[str, Any] = {
        "id": "user_1",
        "created_at": 1_600_000_000_000,
        "primary_email_address_id": "idn_1",
        "email_addresses": (EmailAddress("idn_1", "ann@example.com", VERIFIED),),
    }
    return ClerkUser(**{**given, **changes})


def csv_user(**changes: Any) -> CsvUser:
    return CsvUser(**{"line": 2, "id": "user_1", "primary_email_address": "ann@example.com", **changes})


def link(provider: str = "oauth_google", **changes: Any) -> ExternalAccount:
    given = {"id": "eac_1", "provider_user_id": "1001", "email_address": "ann@example.com", "verification": VERIFIED}
    return ExternalAccount(provider=provider, **{**given, **changes})


def codes(mapped: Mapped) -> list[FindingCode]:
    return [finding.code for finding in mapped.findings]
