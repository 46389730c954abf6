"""A variable whose prefix is one or two letters away is refused like an unknown one; others are left alone."""

import random
import string
from pathlib import Path

import pytest

from job.core.errors import SettingsError
from job.settings import PREFIX, load_settings
from job.settings.near_miss import is_near_miss

REQUIRED = {f"TEST_{PREFIX}DATABASE_URL": "postgresql://u@h/d", f"TEST_{PREFIX}CLERK_SECRET_KEY": "sk_test_x"}


def misspell(name: str, chance: random.Random) -> str:
    """One letter too many, missing, or wrong."""
    place, letter = chance.randrange(len(name)), chance.choice(string.ascii_uppercase)
    return name[:place] + chance.choice([letter, "", letter + name[place]]) + name[place + 1 :]


@pytest.mark.parametrize("front", ["", "TEST_", "PROD_"])
@pytest.mark.parametrize("edits", [1, 2])
def test_one_or_two_letters_away_is_a_near_miss(front: str, edits: int) -> None:
    chance = random.Random(edits)
    for _ in range(200):
        prefix = front + PREFIX
        for _ in range(edits):
            prefix = misspell(prefix, chance)
        assert is_near_miss(f"{prefix}DRY_RUN", PREFIX), prefix


@pytest.mark.parametrize(
    "name",
    ["CLERK_TO_BETTERAUHT_DRY_RUN", "CLERK_TO_BETERAUTH_DRY_RUN", "clerk_to_beterauth_dry_run",
     "CLERCK_TO_BETTERAUT_DRY_RUN", "TSET_CLERK_TO_BETTERAUTH_DATABASE_URL",
     "PRODCLERK_TO_BETERAUTH_DATABASE_URL", "CLERK_TOBETTERAUTH_MODE"],
)  # fmt: skip
def test_a_near_miss_is_refused_by_its_name(name: str, tmp_path: Path) -> None:
    """A dry run that is asked for under a name that nobody reads would else be a real one."""
    with pytest.raises(SettingsError) as caught:
        load_settings({**REQUIRED, name: "1"}, tmp_path)
    assert [problem.partition(":")[0] for problem in caught.value.details] == [name]


def test_a_near_miss_in_the_env_file_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CLREK_TO_BETTERAUTH_DRY_RUN=1\n")
    with pytest.raises(SettingsError, match="one problem"):
        load_settings(REQUIRED, tmp_path)


@pytest.mark.parametrize(
    "name",
    ["CLERK_SECRET_KEY", "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", "BETTER_AUTH_SECRET", "PATH", "HOME",
     "TEST_POSTGRES_VERSION", "CLERK_API_VERSION", "KUBERNETES_SERVICE_HOST", "CLERK_PORT_443_TCP_ADDR", "A", ""],
)  # fmt: skip
def test_what_others_use_is_left_alone(name: str, tmp_path: Path) -> None:
    assert not is_near_miss(name, PREFIX)
    load_settings({**REQUIRED, name: "1"}, tmp_path)
