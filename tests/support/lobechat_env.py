"""LobeChat's environment, with a canary for every secret."""

CANARY = "canary-value"
JWKS = '{"keys":[{"kty":"RSA","alg":"RS256","kid":"own","d":"canary-value","n":"n","e":"AQAB"}]}'
# LobeChat 2 as it should be set.
GOOD = {
    "DATABASE_URL": "postgresql://lobe:canary-value@db:5432/lobechat",
    "DATABASE_DRIVER": "node",
    "KEY_VAULTS_SECRET": CANARY,
    "AUTH_SECRET": CANARY,
    "APP_URL": "https://chat.example.org",
    "JWKS_KEY": JWKS,
    "S3_ENDPOINT": "https://s3.example.org",
    "S3_BUCKET": "lobe",
    "S3_ACCESS_KEY_ID": CANARY,
    "S3_SECRET_ACCESS_KEY": CANARY,
    "AUTH_SSO_PROVIDERS": "google",
    "AUTH_GOOGLE_ID": CANARY,
    "AUTH_GOOGLE_SECRET": CANARY,
    "SMTP_HOST": "mail.example.org",
    "SMTP_PORT": "587",
    "SMTP_USER": CANARY,
    "SMTP_PASS": CANARY,
    "AUTH_EMAIL_VERIFICATION": "1",
}
