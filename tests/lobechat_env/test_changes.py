"""The file of a LobeChat 1 gives the whole list of what to change, ready to copy."""

import json
import re
import shlex
import shutil
import subprocess

import pytest

from job.lobechat_env.changes import list_changes
from job.lobechat_env.env_file import parse_env
from job.lobechat_env.environment import LobeChatEnv
from job.lobechat_env.problems import Severity, find_problems
from job.lobechat_env.variables import JWKS_COMMAND, SECRET_COMMAND

LOBECHAT_1 = """
APP_URL=https://chat.example.org/
DATABASE_URL=postgresql://lobe:canary-password@db:5432/lobechat
KEY_VAULTS_SECRET=canary-vault
NEXT_PUBLIC_SERVICE_MODE=server
NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=pk_live_canary
CLERK_SECRET_KEY=sk_live_canary
CLERK_WEBHOOK_SECRET=whsec_canary
ACCESS_CODE=canary-code
OIDC_JWKS_KEY={"keys":[{"kty":"RSA","alg":"RS256","kid":"own","d":"canary-key"}]}
S3_ENDPOINT=https://s3.example.org
S3_BUCKET=lobe
S3_ACCESS_KEY_ID=canary-id
S3_SECRET_ACCESS_KEY=canary-access
OPENAI_API_KEY=sk-canary
"""
LIST = """\
# Remove these lines:
ACCESS_CODE
CLERK_SECRET_KEY
CLERK_WEBHOOK_SECRET
NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY
NEXT_PUBLIC_SERVICE_MODE

# Rename these; each value stays as it is:
OIDC_JWKS_KEY -> JWKS_KEY

# Add these lines; fill in what is between < and >:
AUTH_SECRET=<output of: openssl rand -base64 32>
AUTH_SSO_PROVIDERS=<google,github,…>
SMTP_HOST=<your mail server>
SMTP_PORT=587
SMTP_USER=<of your mail server>
SMTP_PASS=<of your mail server>
SMTP_FROM=<the address that mails come from>

# Correct these:
APP_URL: remove the slash at its end; LobeChat 2 does not start with it
"""


def test_the_file_of_a_lobechat_1_gives_the_whole_list() -> None:
    changes = list_changes(find_problems(LobeChatEnv(*parse_env(LOBECHAT_1))))
    assert changes == LIST
    assert "canary" not in changes


def test_who_follows_the_list_has_an_environment_without_an_error() -> None:
    values = parse_env(LOBECHAT_1).values
    for removed in re.findall(r"^[A-Z_0-9]+$", LIST, re.MULTILINE):
        del values[removed]
    values["JWKS_KEY"] = values.pop("OIDC_JWKS_KEY")
    values |= {"AUTH_SECRET": "x", "AUTH_SSO_PROVIDERS": "google", "SMTP_HOST": "x", "SMTP_USER": "x", "SMTP_PASS": "x"}
    values["APP_URL"] = values["APP_URL"].rstrip("/")
    found = find_problems(LobeChatEnv(values))
    assert {problem.name for problem in found if problem.severity is Severity.ERROR} == {
        "AUTH_GOOGLE_ID", "AUTH_GOOGLE_SECRET",
    }  # fmt: skip


def test_an_environment_that_is_right_gives_no_list() -> None:
    assert not list_changes([])


def test_the_command_for_the_signing_key_makes_one_that_lobechat_takes() -> None:
    if shutil.which("node") is None:
        pytest.skip("the command needs Node.js")
    made = subprocess.run(shlex.split(JWKS_COMMAND), check=True, capture_output=True, text=True).stdout.strip()
    assert json.loads(made)["keys"][0]["alg"] == "RS256"
    env = LobeChatEnv({"JWKS_KEY": made})
    assert "JWKS_KEY" not in {problem.name for problem in find_problems(env)}
    assert parse_env(f"JWKS_KEY='{made}'\n").values["JWKS_KEY"] == made


def test_the_command_for_the_secret_makes_a_line_that_compose_reads_whole() -> None:
    made = subprocess.run(shlex.split(SECRET_COMMAND), check=True, capture_output=True, text=True).stdout.strip()
    assert len(made) >= 32
    assert parse_env(f"AUTH_SECRET={made}\n").values["AUTH_SECRET"] == made
