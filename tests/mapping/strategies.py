"""Hypothesis strategies: users of Clerk as hostile as their types allow, with enough sense to reach every rule."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from job.clerk.models import ClerkUser, CsvUser, EmailAddress, ExternalAccount, OtherAccount, PhoneNumber, Verification
from job.lobechat_env.variables import LOBECHAT_PROVIDERS
from job.mapping.rows import MappingOptions
from tests.mapping.build import DIGEST

# The same examples at each run, however busy the machine.
PROPERTY = settings(
    max_examples=200, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

ids = st.sampled_from(["user_1", "user_2abc", "user_\N{LATIN SMALL LETTER E WITH ACUTE}"])
anything = st.text(st.characters(codec=None), max_size=12)  # lone surrogates and NUL among them
texts = st.none() | anything
emails = st.sampled_from(["ann@example.com", " ANN@Example.com ", "İ@b.cd", "a@b", "", "x"]) | st.emails() | anything
statuses = st.sampled_from(["verified", "unverified", "failed", "expired", "transferable"]) | texts
verifications = st.none() | st.builds(Verification, status=statuses)
times = st.integers(0, 2**41) | st.integers()
maybe_times = st.none() | times
few_ids = st.sampled_from(["1", "2", "idn_1", "", "cred_user_1", "\0"])
names = [*sorted(LOBECHAT_PROVIDERS), "x", "discord", "acme", "credential", "custom_okta", "custom_acme", ""]
providers = st.sampled_from([prefix + name for name in names for prefix in ("oauth_", "oauth_custom_", "")]) | anything
versions = ("$2a$", "$2b$", "$2y$", "$2x$")
digests = st.sampled_from([*(version + DIGEST[4:] for version in versions), "$2y$", "argon2id$x"]) | texts
hashers = st.sampled_from(["bcrypt", "argon2id", "md5"]) | texts
secrets = st.sampled_from(["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "6DY7F47V633PR6PK7TO753Y", "A", ""]) | texts
others = st.lists(st.builds(OtherAccount), max_size=1).map(tuple)

email_addresses = st.builds(EmailAddress, id=few_ids, email_address=emails, verification=verifications)
phone_numbers = st.builds(PhoneNumber, id=few_ids, phone_number=anything, verification=verifications)
external_accounts = st.builds(
    ExternalAccount,
    id=few_ids | anything,
    provider=providers,
    provider_user_id=st.none() | few_ids,
    approved_scopes=texts,
    email_address=st.none() | emails,
    created_at=maybe_times,
    updated_at=maybe_times,
    verification=verifications,
    email_address_verified=st.none() | st.booleans(),
)
flags = st.booleans()
api_users = st.builds(
    ClerkUser,
    id=ids,
    created_at=times,
    updated_at=maybe_times,
    last_active_at=maybe_times,
    last_sign_in_at=maybe_times,
    username=texts,
    first_name=texts,
    last_name=texts,
    image_url=texts,
    has_image=flags,
    primary_email_address_id=st.none() | few_ids,
    primary_phone_number_id=st.none() | few_ids,
    email_addresses=st.lists(email_addresses, max_size=2).map(tuple),
    phone_numbers=st.lists(phone_numbers, max_size=2).map(tuple),
    external_accounts=st.lists(external_accounts, max_size=4).map(tuple),
    saml_accounts=others,
    enterprise_accounts=others,
    web3_wallets=others,
    passkeys=others,
    password_enabled=flags,
    two_factor_enabled=flags,
    totp_enabled=flags,
    banned=flags,
    locked=flags,
    deprovisioned=flags,
    lockout_expires_in_seconds=st.none() | st.integers(),
    lockout_expires_at=maybe_times,
)
csv_users = st.builds(
    CsvUser,
    line=st.just(2),
    id=ids,
    first_name=texts,
    last_name=texts,
    username=texts,
    primary_email_address=st.none() | emails,
    primary_phone_number=texts,
    verified_email_addresses=texts | emails,
    verified_phone_numbers=texts,
    totp_secret=secrets,
    password_digest=digests,
    password_hasher=hashers,
    created_at=st.datetimes().map(str) | texts,
)
pairs = (
    st.tuples(csv_users, st.none())
    | st.tuples(st.none(), api_users)
    | st.tuples(csv_users, api_users).map(lambda pair: (pair[0]._replace(id=pair[1].id), pair[1]))
)
options = st.builds(
    MappingOptions,
    csv_expected=flags,
    preserve_two_factor=flags,
    auth_secret=st.none() | st.sampled_from(["", "a secret of LobeChat"]) | anything,
    provider_map=st.sampled_from([{}, {"custom_acme": "generic-oidc", "x": "okta"}]),
    enabled_providers=st.none() | st.frozensets(st.sampled_from(sorted(LOBECHAT_PROVIDERS))),
    links_verified_only=st.booleans(),
    exported_at_ms=st.integers(0, 2**41),
)
