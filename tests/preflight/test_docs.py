"""docs/preflight.md lists the checks that there are, in their order."""

import re
from pathlib import Path

from job.preflight.registry import CHECKS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_lists_every_check_in_order_with_the_stages_that_need_it() -> None:
    page = (DOCS / "preflight.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\d, ]+) \| ([a-z, ]+) \|.*\|$", page, re.MULTILINE)
    stages = [(check.name, sorted(stage.value for stage in check.needed_by)) for check in CHECKS]
    assert [(name, sorted(needed.split(", "))) for name, _, needed in rows] == stages


def test_the_checks_with_the_plan_come_last_as_migrate_makes_them() -> None:
    assert [check.with_plan for check in CHECKS] == sorted(check.with_plan for check in CHECKS)


def test_the_page_says_which_checks_do_without_the_database() -> None:
    without = [check.name for check in CHECKS if not check.with_database]
    assert without == [*(check.name for check in CHECKS[:6]), "lobechat_environment"]
    assert "the first six, and `lobechat_environment`" in (DOCS / "preflight.md").read_text()


def test_the_table_of_exit_codes_leads_to_the_page() -> None:
    readme = (DOCS.parent / "README.md").read_text().partition("## Exit codes")[2].partition("\n## ")[0]
    assert "docs/preflight.md" in readme
