"""Links to providers: Clerk's names become LobeChat's, and what cannot be trusted is left behind."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from job.clerk.models import ClerkUser, ExternalAccount
from job.lobechat_env.variables import LOBECHAT_PROVIDERS
from job.mapping.emails import normalise_email
from job.mapping.rows import AccountRow, Finding, FindingCode, MappingOptions
from job.mapping.texts import clean_identifier, clean_text, clean_time

MICROSOFT = "microsoft"
CREDENTIAL = "credential"  # Better Auth's own: never a provider of Clerk's

_BY_CLERK_NAME = {
    prefix + provider: provider for provider in LOBECHAT_PROVIDERS for prefix in ("oauth_", "oauth_custom_")
}

# Apple's ids match within one Apple team, Microsoft's only within one app registration, which nobody promises: a
# Microsoft link signs in only where the email would find the user too.
_AT_RISK = {"microsoft": FindingCode.MICROSOFT_EMAIL_DIFFERS, "apple": FindingCode.APPLE_EMAIL_DIFFERS}
# Of links that sign in all the same: LobeChat trusts the providers that it enables, whatever they verified.
_OPEN = {FindingCode.APPLE_EMAIL_DIFFERS, FindingCode.PROVIDER_EMAIL_UNVERIFIED}


def resolve_provider(clerk_provider: str, provider_map: Mapping[str, str]) -> tuple[str | None, str]:
    """LobeChat's provider id, or None where it must first be mapped; and Clerk's name without `oauth_`.

    `provider_map` wins.  `oauth_custom_<name>` is `<name>` where LobeChat knows it, other names stay as they are.
    """
    name = clean_identifier(clerk_provider.removeprefix("oauth_")) or "unknown"
    mapped = provider_map.get(name) or _BY_CLERK_NAME.get(clerk_provider)
    if mapped is None and not name.startswith("custom_") and name != "unknown":
        mapped = name
    return (None if mapped == CREDENTIAL else mapped), name


def map_links(
    api: ClerkUser, email: str | None, options: MappingOptions, findings: list[Finding], *, email_verified: bool
) -> list[AccountRow]:
    """The rows of the user's links in Clerk's order; what is left out or at risk goes to `findings`.

    Where the address decides (Microsoft), it may have to be verified: Better Auth 1.6 links by no other.
    """
    rows: list[AccountRow] = []
    for link in api.external_accounts:
        row = _map_link(api, link, email, options, findings)
        if row is None:
            continue
        if row.can_sign_in and row.provider_id == MICROSOFT and options.links_verified_only and not email_verified:
            row = row._replace(can_sign_in=False)
        if rows and _is_repeated(row, rows):
            findings.append(Finding(api.id, FindingCode.LINK_REPEATED, row.provider_id))
        else:
            rows.append(row)
    return rows


def _is_repeated(row: AccountRow, rows: list[AccountRow]) -> bool:
    key = row[2:4]
    return any(other[2:4] == key or other.id == row.id for other in rows)


def _map_link(
    api: ClerkUser, link: ExternalAccount, email: str | None, options: MappingOptions, findings: list[Finding]
) -> AccountRow | None:
    provider_map = options.provider_map
    provider = None if provider_map else _BY_CLERK_NAME.get(link.provider)
    name = provider or ""
    if provider is None:
        provider, name = resolve_provider(link.provider, provider_map)
    verification = link.verification
    if verification is not None and verification.status != "verified":
        findings.append(Finding(api.id, FindingCode.LINK_UNVERIFIED, name))
        return None
    row_id, account_id = clean_identifier(link.id), clean_identifier(link.provider_user_id)
    if row_id is None or account_id is None or row_id.startswith("cred_"):
        findings.append(Finding(api.id, FindingCode.LINK_WITHOUT_ID, name))
        return None
    if provider is None:
        findings.append(Finding(api.id, FindingCode.PROVIDER_UNMAPPED, name))
        return None
    enabled = options.enabled_providers
    can_sign_in = provider in LOBECHAT_PROVIDERS if enabled is None else provider in enabled
    if not can_sign_in or provider in _AT_RISK:
        for code in _judge_door(provider, link, email, enabled=can_sign_in):
            findings.append(Finding(api.id, code, provider))
            can_sign_in = can_sign_in and code in _OPEN
    created = clean_time(link.created_at)
    return AccountRow(
        row_id,
        api.id,
        provider,
        account_id,
        comma_scope(link.approved_scopes),
        None,
        None,
        created,
        clean_time(link.updated_at) or created,
        can_sign_in,
    )


def _judge_door(provider: str, link: ExternalAccount, email: str | None, *, enabled: bool) -> Iterator[FindingCode]:
    """Why a link may not open LobeChat, or to the wrong person: not served, not enabled, or the provider's email."""
    if provider not in LOBECHAT_PROVIDERS:
        yield FindingCode.PROVIDER_UNSERVED
    elif not enabled:
        yield FindingCode.PROVIDER_NOT_ENABLED
    if provider in _AT_RISK and (email is None or normalise_email(link.email_address) != email):
        yield _AT_RISK[provider]
    elif provider in _AT_RISK and link.email_address_verified is False:
        yield FindingCode.PROVIDER_EMAIL_UNVERIFIED


@lru_cache(maxsize=1024)
def comma_scope(approved_scopes: str | None) -> str | None:
    """Clerk's scopes, separated by white space, as Better Auth's list with commas: same order, each once."""
    cleaned = clean_text(approved_scopes)
    return ",".join(dict.fromkeys(cleaned.replace(",", " ").split())) or None if cleaned else None


def find_lost_accounts(api: ClerkUser, findings: list[Finding]) -> None:
    """Name the sign-in methods that cannot be carried over."""
    if api.saml_accounts:
        findings.append(Finding(api.id, FindingCode.SAML_LOST))
    if api.enterprise_accounts:
        findings.append(Finding(api.id, FindingCode.ENTERPRISE_LOST))
    if api.web3_wallets:
        findings.append(Finding(api.id, FindingCode.WEB3_LOST))
    if api.passkeys:
        findings.append(Finding(api.id, FindingCode.PASSKEY_LOST))
