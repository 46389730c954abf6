"""The rules that hold under each LobeChat 2."""

import pytest

from job.lobechat_env.releases import Release, next_release
from job.settings.values import check_lobechat_release

# release: revision, Better Auth, needs pg_search, refuses addresses, links verified only, a mail's code deletes
RULES = {
    "2.0.0": ("0075", "1.4.6", False, True, False, False),
    "2.1.13": ("0075", "1.4.6", False, True, False, False),
    "2.1.39": ("0089", "1.4.6", False, True, False, False),
    "2.1.40": ("0091", "1.4.6", True, True, False, False),
    "2.1.43": ("0093", "1.4.6", True, True, False, False),
    "2.2.2": ("0105", "1.4.6", True, True, False, False),
    "2.2.3": ("0110", "1.4.6", True, False, False, False),
    "2.2.8": ("0111", "1.4.6", True, False, False, False),
    "2.2.9": ("0114", "1.6.15", True, False, True, False),
    "2.2.13": ("0130", "1.6.15", True, False, True, False),
    "2.2.18": (None, "1.6.15", True, False, True, False),
    "2.2.19": ("0175", "1.6.22", True, False, True, True),
    "2.10.0": (None, "1.6.22", True, False, True, True),
    "3.0.0": (None, "1.6.22", True, False, True, True),
}


@pytest.mark.parametrize("name", RULES)
def test_the_rules_of_a_release(name: str) -> None:
    one = Release(check_lobechat_release(f"v{name}"))
    rules = (one.needs_pg_search, one.refuses_addresses, one.links_verified_only, one.mail_code_deletes_password)
    assert (one.revision, one.better_auth, *rules) == RULES[name]


def test_where_no_release_is_given_the_last_on_plain_postgresql_is_assumed() -> None:
    assert next_release(None) == Release("2.1.39", assumed=True)
    assert not next_release("2.1.39").assumed
