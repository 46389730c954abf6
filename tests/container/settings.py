"""The two images, PostgreSQL with a filled LobeChat 1.143, and the simulated Clerk, each in a container."""

from typing import Protocol

from tests.container.engine import Container

USERS = "200"


KEY = "sk_test_sandbox"


CSV = "clerk_exported_users.csv"


ALWAYS = {
    "TEST_CLERK_TO_BETTERAUTH_CLERK_SECRET_KEY": KEY,
    "CLERK_TO_BETTERAUTH_DATABASE_DRIVER": "node",
    "CLERK_TO_BETTERAUTH_SCHEMA": "upgrade",
    "CLERK_TO_BETTERAUTH_DRY_RUN": "0",
    "CLERK_API_URL": "http://127.0.0.1:8080/v1",
    "AUTH_SECRET": "a-secret-for-the-tests-and-nothing-else",
}


class Start(Protocol):
    """How a test starts the job."""

    def __call__(self, *options: str, **settings: str | None) -> Container: ...


def url(database: str) -> str:
    return f"postgresql://postgres:test@127.0.0.1:5432/{database}"
