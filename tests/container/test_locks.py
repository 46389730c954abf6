"""The lock files hold what pyproject.toml asks for, each package by its hashes."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED_FOR = {
    "requirements.lock": PROJECT["dependencies"],
    "requirements-sandbox.lock": PROJECT["dependencies"] + EXTRAS["sandbox"],
    "requirements-dev.lock": PROJECT["dependencies"] + EXTRAS["sandbox"] + EXTRAS["dev"],
}


def pinned(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("name", ASKED_FOR)
def test_the_lock_holds_every_dependency(name: str) -> None:
    versions = pinned(name)
    requirements = [Requirement(text) for text in ASKED_FOR[name] if not text.startswith(PROJECT["name"])]
    missing = [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), "0"))
    ]
    assert not missing, "run: make lock"


def test_every_lock_has_the_same_versions() -> None:
    dev = pinned("requirements-dev.lock")
    for name in ("requirements.lock", "requirements-sandbox.lock", "requirements-build.lock"):
        assert pinned(name).items() <= dev.items()


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda lock: lock.name)
def test_every_package_is_held_by_a_hash_and_no_place_is_named(lock: Path) -> None:
    text = lock.read_text()
    packages = [entry for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if "==" in entry]
    assert packages
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text
