"""What to do next is a checklist that knows the run."""

from pathlib import Path

import pytest

from job.core.errors import ConflictsError, ExitCode
from job.mapping.rows import FindingCode, SignIn
from job.report import Report
from tests.support.reports import PREFIX, make_report

PROD = {
    f"{PREFIX}MODE": "prod",
    f"PROD_{PREFIX}DATABASE_URL": "postgresql://u:p@db.prod/chats",
    f"PROD_{PREFIX}CLERK_SECRET_KEY": "sk_live_canary",
    f"{PREFIX}CONFIRM": "chats",
}


def migrate(report: Report, outcome: str = "applied") -> list[str]:
    report.stage("migrate", outcome, 1.0, {})
    report.write(ExitCode.DONE)
    return report.model.next_steps


def test_a_dry_run_in_prod_names_the_variables_of_the_real_run(tmp_path: Path) -> None:
    steps = migrate(make_report(tmp_path, **PROD, **{f"{PREFIX}DRY_RUN": "1"}), "planned")
    assert steps == ["Back up the database.", f"Run again with `{PREFIX}DRY_RUN=0` and `{PREFIX}CONFIRM=chats`."]


def test_nobody_is_looked_through_where_nobody_needs_attention(tmp_path: Path) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}DRY_RUN": "1"})
    report.attention("user_1", FindingCode.ONLY_IN_LOBECHAT, "")
    assert "attention.csv" not in " ".join(migrate(report, "planned"))


class OutdatedSchema:
    verdict, revision, target = "outdated", "0040", "0075"
    recorded: tuple[str, ...] = ()


@pytest.mark.parametrize(("action", "warned"), [("upgrade", True), ("check", False)])
def test_a_dry_run_before_an_upgrade_asks_for_the_backup_that_alone_takes_it_back(
    tmp_path: Path, action: str, warned: bool
) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}DRY_RUN": "1", f"{PREFIX}SCHEMA": action})
    report.schema(OutdatedSchema())
    assert any("only a backup takes that back" in step for step in migrate(report, "planned")) == warned


def test_a_migration_counts_letters_and_names_providers_image_files_and_the_way_back(tmp_path: Path) -> None:
    report = make_report(
        tmp_path, **PROD, **{f"{PREFIX}LOBECHAT_RELEASE": "2.2.19", f"{PREFIX}CONTACTS_FILE": "contacts.csv"}
    )
    for provider, links in (("google", 3), ("github", 1), ("twitter", 5), ("apple", 0)):
        report.provider(provider, links)
    for user in ("user_1", "user_2"):
        report.attention(user, SignIn.SET_PASSWORD, "no_password")
    report.attention("user_3", FindingCode.PASSKEY_LOST, "")
    report.attention("user_4", SignIn.NO_WAY_IN, "no_email")
    report.finding(FindingCode.AVATAR_AT_CLERK, 1234, [])
    steps = "\n".join(migrate(report))
    assert "`AUTH_SSO_PROVIDERS=github,google` and a mail service, by which 2 people will set a password" in steps
    assert "as the callback at github and google." in steps
    assert "`lobehub/lobehub:2.2.19`, on a PostgreSQL with pg_search" in steps
    assert "Write to 3 people of attention.csv (2 set a password by email, 1 link a provider)." in steps
    assert "Help 1 other person of attention.csv" in steps
    assert "it serves 1,234 user pictures" in steps
    assert "data/prod/clerk_exported_users.csv`" in steps
    assert "contacts.csv`: they hold personal data" in steps
    assert f"Both need `{PREFIX}DRY_RUN=0`, `{PREFIX}CONFIRM=chats`." in steps


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "`lobehub/lobehub` (from 2.1.40 on it needs pg_search"),
        ({"LOBECHAT_RELEASE": "2.1.39"}, "`lobehub/lobehub:2.1.39`."),
        (
            {"LOBECHAT_RELEASE": "2.2.19", "PG_SEARCH": "skip"},
            "`lobehub/lobehub:2.2.19`, with `FTS_SEARCH_PROVIDER=pg_like`",
        ),
    ],
)
def test_the_image_and_what_it_needs_follow_from_the_release(
    tmp_path: Path, variables: dict[str, str], told: str
) -> None:
    report = make_report(tmp_path, **{PREFIX + name: value for name, value in variables.items()})
    assert any(told in step for step in migrate(report))


def test_a_failure_gives_its_own_advice_and_not_the_general_one_too(report: Report) -> None:
    report.write(ExitCode.CONFLICTS, ConflictsError("clash", hint="settle each pair"))
    assert report.model.next_steps == ["Settle each pair."]


@pytest.mark.parametrize("code", [code for code in ExitCode if code])
def test_every_failure_has_a_step(report: Report, code: ExitCode) -> None:
    report.write(code)
    assert len(report.model.next_steps) == 1
