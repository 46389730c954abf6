"""LobeChat 2's variables as data: what stops it, what it needs, and what each provider needs.

Read off LobeChat 2.0.6, 2.1.39 and 2.2.10: its start script (scripts/_shared/checkDeprecatedAuth.js), its settings
(src/envs) and its providers (src/libs/better-auth/sso).
"""

# While one of these has a value, LobeChat 2 exits at its start; it reads none of them any more.
REMOVED = frozenset(
    {
        "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
        "CLERK_SECRET_KEY",
        "CLERK_WEBHOOK_SECRET",
        "NEXT_PUBLIC_SERVICE_MODE",
        "ACCESS_CODE",
        "NEXT_PUBLIC_ENABLE_BETTER_AUTH",
        "AUTH_URL",
        "NEXT_PUBLIC_AUTH_URL",
    }
)
# Any variable whose name begins so stops the start, even with an empty value.
REMOVED_PREFIXES = ("NEXT_AUTH", "NEXTAUTH")

# These stop the start too; the value goes on under the new name.
RENAMED = {
    "ENABLE_MAGIC_LINK": "AUTH_ENABLE_MAGIC_LINK",
    "NEXT_PUBLIC_ENABLE_MAGIC_LINK": "AUTH_ENABLE_MAGIC_LINK",
    "NEXT_PUBLIC_AUTH_EMAIL_VERIFICATION": "AUTH_EMAIL_VERIFICATION",
    "AZURE_AD_CLIENT_ID": "AUTH_MICROSOFT_ID",
    "AUTH_AZURE_AD_ID": "AUTH_MICROSOFT_ID",
    "AUTH_MICROSOFT_ENTRA_ID_ID": "AUTH_MICROSOFT_ID",
    "AZURE_AD_CLIENT_SECRET": "AUTH_MICROSOFT_SECRET",
    "AUTH_AZURE_AD_SECRET": "AUTH_MICROSOFT_SECRET",
    "AUTH_MICROSOFT_ENTRA_ID_SECRET": "AUTH_MICROSOFT_SECRET",
    "AZURE_AD_TENANT_ID": "AUTH_MICROSOFT_TENANT_ID",
    "AUTH_AZURE_AD_TENANT_ID": "AUTH_MICROSOFT_TENANT_ID",
    "AUTH_MICROSOFT_ENTRA_ID_TENANT_ID": "AUTH_MICROSOFT_TENANT_ID",
    "AUTH_MICROSOFT_ENTRA_ID_BASE_URL": "AUTH_MICROSOFT_AUTHORITY_URL",
    "ZITADEL_CLIENT_ID": "AUTH_ZITADEL_ID",
    "ZITADEL_CLIENT_SECRET": "AUTH_ZITADEL_SECRET",
    "ZITADEL_ISSUER": "AUTH_ZITADEL_ISSUER",
    "OIDC_JWKS_KEY": "JWKS_KEY",
}

# What prints a fresh value; never a ready-made one.
SECRET_COMMAND = "openssl rand -base64 32"  # noqa: S105 - a command
JWKS_COMMAND = (
    """node -e 'const { generateKeyPairSync, randomUUID } = require("crypto");"""
    """ const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });"""
    """ console.log(JSON.stringify({ keys: [{ ...privateKey.export({ format: "jwk" }),"""
    """ alg: "RS256", kid: randomUUID(), use: "sig" }] }))'"""
)
# The key of LobeChat's example file: its private half is public.
EXAMPLE_JWKS_ID = "6823046760c5d460"

# Without one of these nobody can work with LobeChat 2: what happens, and the line to add.
REQUIRED = {
    "DATABASE_URL": ("LobeChat has no database", "DATABASE_URL=postgresql://user:password@host:5432/database"),
    "KEY_VAULTS_SECRET": (
        "LobeChat does not start; with another value than before it cannot read the provider keys that people stored",
        "KEY_VAULTS_SECRET=<the value that LobeChat 1 has>",
    ),
    "AUTH_SECRET": ("Better Auth refuses every sign-in", f"AUTH_SECRET=<output of: {SECRET_COMMAND}>"),
    "APP_URL": ("sign-ins and links in mails lead nowhere", "APP_URL=https://<the address that people type>"),
}
# Without one of these people get in, and then something fails.
RECOMMENDED = {
    "JWKS_KEY": (
        "background tasks (files, images, agents) fail, and so do the desktop and phone applications",
        f"JWKS_KEY='<output of: {JWKS_COMMAND}>'",
    ),
    **{
        name: ("LobeChat answers with an error (HTTP 500) after the sign-in", f"{name}=<of your S3 storage>")
        for name in ("S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
    },
}

# What a mail service by SMTP needs, as the lines to add.
SMTP_LINES = """\
SMTP_HOST=<your mail server>
SMTP_PORT=587
SMTP_USER=<of your mail server>
SMTP_PASS=<of your mail server>
SMTP_FROM=<the address that mails come from>"""

# On with `1` and with nothing else.
SWITCHES = ("AUTH_DISABLE_EMAIL_PASSWORD", "AUTH_EMAIL_VERIFICATION", "AUTH_ENABLE_MAGIC_LINK")

_ALIASES = {"microsoft-entra-id": "microsoft"}
_WEBHOOKS = {"casdoor": "CASDOOR_WEBHOOK_SECRET", "logto": "LOGTO_WEBHOOK_SIGNING_KEY"}


def _needs(provider: str, *endings: str) -> tuple[str, ...]:
    return tuple(f"AUTH_{provider.upper().replace('-', '_')}_{ending}" for ending in endings)


# LobeChat's 17 providers, by the id that AUTH_SSO_PROVIDERS and `accounts.provider_id` hold, and what each needs.
PROVIDERS: dict[str, tuple[str, ...]] = {
    **{name: _needs(name, "ID", "SECRET") for name in ("google", "github", "microsoft", "wechat")},
    "apple": _needs("apple", "CLIENT_ID", "CLIENT_SECRET"),
    "cognito": _needs("cognito", "ID", "SECRET", "DOMAIN", "REGION", "USERPOOL_ID"),
    "feishu": _needs("feishu", "APP_ID", "APP_SECRET"),
    **{
        name: _needs(name, "ID", "SECRET", "ISSUER")
        for name in (
            *("auth0", "authelia", "authentik", "casdoor", "cloudflare-zero-trust"),
            *("generic-oidc", "keycloak", "logto", "okta", "zitadel"),
        )
    },
}
LOBECHAT_PROVIDERS = frozenset(PROVIDERS)


def provider_id(name: str) -> str:
    """The id under which LobeChat keeps a provider that AUTH_SSO_PROVIDERS names."""
    return _ALIASES.get(name, name)


def webhook_variable(provider: str) -> str | None:
    """The variable of the webhook that brings LobeChat the addresses that this provider itself does not give."""
    return _WEBHOOKS.get(provider)
