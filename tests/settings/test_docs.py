"""docs/settings.md and .env.example say what the code does."""

import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values

from job.settings import Settings
from job.settings.environment import SECRETS

ROOT = Path(__file__).parents[2]
FIELDS = {info.alias: info for info in Settings.model_fields.values() if info.alias}


def written(value: Any) -> str:
    match value:
        case None | {}:
            return ""
        case bool():
            return str(int(value))
        case tuple():
            return ",".join(value)
        case Enum():
            return str(value.value)
    return str(value)


def test_the_page_lists_every_variable_with_default_and_meaning() -> None:
    page = (ROOT / "docs/settings.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (?:`(.*?)`)? ?\| (.*) \|$", page, re.MULTILINE)
    assert rows == [(name, written(info.default), info.description) for name, info in FIELDS.items()]


def test_the_example_lists_every_variable_with_its_default() -> None:
    lines = re.findall(r"^(?:# )?(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert dict(lines) == {name: written(info.default) for name, info in FIELDS.items()}


def test_the_example_is_a_file_that_can_be_read() -> None:
    assert dotenv_values(ROOT / ".env.example")["CLERK_TO_BETTERAUTH_DRY_RUN"] == "1"


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_the_page_names_the_secrets_that_files_can_hold(name: str) -> None:
    section = (ROOT / "docs/settings.md").read_text().partition("## Secrets from files")[2].partition("## ")[0]
    assert re.sub(r"^(TEST|PROD)_CLERK_TO_BETTERAUTH_", "…_", name) in section


@pytest.mark.parametrize(
    ("file", "service", "url"),
    [
        ("docker-compose.yml", "job", "TEST_CLERK_TO_BETTERAUTH_DATABASE_URL"),
        ("examples/docker-compose.lobechat.yml", "lobechat", "DATABASE_URL"),
    ],
)
def test_composes_own_url_holds_no_password(file: str, service: str, url: str) -> None:
    """One that is put together from POSTGRES_PASSWORD is cut in the wrong place by an @ or a /."""
    variables = yaml.safe_load((ROOT / file).read_text())["services"][service]["environment"]
    assert "PASSWORD" not in variables[url]
    assert "POSTGRES_PASSWORD" in variables["PGPASSWORD"]
