"""Drives the real Better Auth in `node/`: JSON lines there and back."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple, Self

from psycopg2.extensions import parse_dsn

from job.lobechat_env.releases import Release
from tests.support.sandbox_job import SECRET

NODE_FOLDER = Path(__file__).parent / "node"
# By Better Auth's version, the LobeChat that it is of here; up to 2.2.2 that has the plugin better-auth-harmony too.
RELEASES = {"1.4.6": Release("2.1.39"), "1.6.15": Release("2.2.13"), "1.6.22": Release("2.2.19")}
VERSIONS = tuple(RELEASES)
# What the two-factor plugin of a version must find beside LobeChat's columns to check any code.
PLUGIN_COLUMNS = {
    "1.6.22": "ALTER TABLE two_factor ADD failed_verification_count int DEFAULT 0, ADD locked_until timestamp"
}
BUILT_IN = frozenset({"apple", "cognito", "github", "google", "microsoft"})
PROVIDERS = BUILT_IN | {
    "auth0", "authelia", "authentik", "casdoor", "cloudflare-zero-trust", "feishu", "generic-oidc", "keycloak", "logto",
    "okta", "wechat", "zitadel",
}  # fmt: skip


class Answer(NamedTuple):
    """What came of one try to get in."""

    status: int  # the last HTTP status; 302 after a provider
    user_id: str | None  # who is signed in now
    error: str | None
    second_factor: bool  # asked for
    is_new: bool  # LobeChat made a new user


class BetterAuth:
    """One LobeChat server's Better Auth on one database."""

    def __init__(self, version: str, database_url: str, **settings: Any) -> None:
        self._log = TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            ["node", NODE_FOLDER / "harness.mjs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={"PATH": os.environ["PATH"], "NODE_ENV": "test"},
        )
        defaults = {
            "secret": SECRET,
            "providers": sorted(PROVIDERS),
            "emailVerification": False,
            "disableEmailPassword": False,
            "twoFactor": False,
            "mailSignIn": False,
            "rateLimit": False,
            "serve": False,
            "lobeChatVersion": RELEASES[version].name,
            "harmony": RELEASES[version].refuses_addresses,
        }
        ready = self._ask(defaults | settings | {"version": version, "database": _connection(database_url)})
        self.url = str(ready.get("url", ""))  # with serve=True: where LobeChat is served over HTTP

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._process.communicate(timeout=30)  # the end of its input ends it
        self._log.close()

    def sign_in(self, email: str, password: str) -> Answer:
        return self._answer(op="signIn", email=email, password=password)

    def sso(self, provider: str, account_id: str, email: str | None, *, email_verified: bool = True) -> Answer:
        return self._answer(
            op="sso", provider=provider, accountId=account_id, email=email, emailVerified=email_verified
        )

    def set_password(self, email: str, password: str) -> Answer:
        """Ask for the mail, follow its link, set the password, sign in with it; error NO_MAIL where none comes."""
        return self._answer(op="setPassword", email=email, password=password)

    def verify_email(self, email: str) -> Answer:
        """Ask for the mail that verifies the address, and follow its link, which signs in."""
        return self._answer(op="verifyEmail", email=email)

    def mail_code(self, email: str) -> Answer:
        """Ask for the mail with a code, and sign in with it."""
        return self._answer(op="mailCode", email=email)

    def mail_link(self, email: str) -> Answer:
        """Ask for the mail with a link, and follow it."""
        return self._answer(op="mailLink", email=email)

    def backup_code(self, email: str, password: str, code: str) -> Answer:
        return self._answer(op="secondFactor", kind="backup-code", email=email, password=password, code=code)

    def totp(self, email: str, password: str, code: str) -> Answer:
        return self._answer(op="secondFactor", kind="totp", email=email, password=password, code=code)

    def _answer(self, **command: object) -> Answer:
        answer = self._ask(command)
        return Answer(
            answer["status"],
            answer["userId"],
            answer["error"],
            answer.get("secondFactor", False),
            answer.get("isNew", False),
        )

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
            return dict(json.loads(self._process.stdout.readline()))
        except (BrokenPipeError, json.JSONDecodeError) as error:
            self._log.seek(0)
            raise AssertionError(f"the Node process ended: {self._log.read()[-4000:]}") from error


def _connection(url: str) -> dict[str, Any]:
    """The libpq URI as the settings of Node's `pg`."""
    parts = parse_dsn(url)
    return {
        "host": parts.get("host", "localhost"),
        "port": int(parts.get("port", 5432)),
        "user": parts.get("user", "postgres"),
        "password": parts.get("password", ""),
        "database": parts["dbname"],
    }


def install_packages() -> None:
    """Make `node/node_modules` what the lock file says; raises AssertionError with the hint."""
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    assert not missing, f"the sign-in tests need {' and '.join(missing)}: install Node.js (apt-get install nodejs npm)"
    version = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    assert int(version[1:].split(".")[0]) >= 18, f"the sign-in tests need Node.js 18 or newer; this is {version}"
    lock = NODE_FOLDER / "package-lock.json"
    installed = NODE_FOLDER / "node_modules" / ".installed-lock.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=NODE_FOLDER, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"npm ci failed in {NODE_FOLDER}: {done.stderr[-2000:]}"
    shutil.copyfile(lock, installed)


Start = Callable[..., BetterAuth]  # on the database of a test
