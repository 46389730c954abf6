"""The providers that LobeChat 2 can sign users in through."""

# LobeChat 2: built into Better Auth, and by OpenID Connect or OAuth.
LOBECHAT_PROVIDERS = frozenset(
    {
        "apple",
        "google",
        "github",
        "cognito",
        "microsoft",
        "auth0",
        "authelia",
        "authentik",
        "casdoor",
        "cloudflare-zero-trust",
        "feishu",
        "generic-oidc",
        "keycloak",
        "logto",
        "okta",
        "wechat",
        "zitadel",
    }
)
