"""What to do next is a checklist that knows the run."""

from pathlib import Path

import pytest

from job.core.errors import ConflictsError, ExitCode, InputError
from job.mapping.rows import FindingCode, SignIn
from job.report import Report
from job.report.model import NamedCheck
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
    assert "(2 people have to set a password by email, 1 person has to link a provider again)." in steps
    assert "Help 1 other person of attention.csv" in steps
    assert "it serves 1,234 user pictures" in steps
    assert "data/prod/clerk_exported_users.csv`" in steps
    assert "contacts.csv`: they hold personal data" in steps
    assert f"Both need `{PREFIX}DRY_RUN=0` and `{PREFIX}CONFIRM=chats`." in steps


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


def test_each_failed_check_gives_its_advice_once_and_in_the_order_of_the_checks(report: Report) -> None:
    for name, result, hint in (
        ("csv", "failed", "move it"), ("clerk", "warning", "unsaid"), ("triggers", "failed", "disable it"),
        ("rules", "failed", "disable it"),
    ):  # fmt: skip
        report.preflight(name, result, f"{name} is wrong", hint, [])
    report.write(ExitCode.INPUT, InputError("csv is wrong", hint="move it"))
    assert report.model.next_steps == ["Move it.", "Disable it."]


@pytest.mark.parametrize(
    ("hint", "step"),
    [
        ("run again (or not)", "Run again (or not)."),
        ("report.json names them", "report.json names them."),
        ("ALTER TABLE users DISABLE TRIGGER audit;", "ALTER TABLE users DISABLE TRIGGER audit;"),
    ],
)
def test_advice_becomes_a_sentence_and_names_stay_as_they_are(report: Report, hint: str, step: str) -> None:
    report.write(ExitCode.INPUT, InputError("wrong", hint=hint))
    assert report.model.next_steps == [step]


@pytest.mark.parametrize(("dry_run", "verb"), [("0", "were kept"), ("1", "would be kept")])
def test_a_rollback_speaks_of_those_whom_it_keeps_and_not_of_what_clerk_could_put_right(
    tmp_path: Path, dry_run: str, verb: str
) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}STAGES": "rollback", f"{PREFIX}DRY_RUN": dry_run})
    report.attention("user_1", FindingCode.KEPT_ON_ROLLBACK, "")
    report.stage("rollback", "rolled back", 1.0, {"users": 5, "kept": 1})
    report.write(ExitCode.DONE)
    assert f"those who {verb} (1 person in attention.csv): docs/rollback.md" in report.model.next_steps[0]
    assert "Clerk" not in " ".join(report.model.next_steps)


def test_a_rollback_that_kept_nobody_speaks_of_nobody(tmp_path: Path) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}STAGES": "rollback"})
    report.stage("rollback", "rolled back", 1.0, {"users": 5, "kept": 0})
    report.write(ExitCode.DONE)
    assert "kept" not in report.model.meaning + " ".join(report.model.next_steps)
    assert f"`{PREFIX}STAGES=cleanup` with `{PREFIX}DRY_RUN=0`" in report.model.next_steps[-1]


def test_who_was_left_out_is_told_beside_the_headline(report: Report) -> None:
    report.planned("users", {"insert": 1, "conflict": 6})
    migrate(report)
    assert report.model.meaning == "6 users were left out because of conflicts; everything else asked for is done."


def test_a_dry_run_tells_who_would_be_left_out(tmp_path: Path) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}DRY_RUN": "1"})
    report.planned("users", {"insert": 1, "conflict": 1})
    migrate(report, "planned")
    assert report.model.meaning.endswith("Nothing was written. 1 user would be left out because of conflicts.")


def test_what_smoke_warned_of_is_the_first_step(tmp_path: Path) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}STAGES": "smoke", f"{PREFIX}LOBECHAT_URL": "https://chat.example.org"})
    report.smoke(NamedCheck(name="sign_in", result="warning", message="x", hint="y"))
    report.stage("smoke", "passed", 1.0, {})
    report.write(ExitCode.DONE)
    assert report.model.next_steps[0] == "Read what `sign_in` warns of."


@pytest.mark.parametrize("stages", ["check", "check,export,migrate,verify"])
def test_what_the_checks_warned_of_is_the_first_step_before_a_real_run(tmp_path: Path, stages: str) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}STAGES": stages, f"{PREFIX}DRY_RUN": "1"})
    for name, result in (("next_lobechat", "warning"), ("clerk", "passed"), ("doubles", "warning")):
        report.preflight(name, result, "x", "y", [])
    report.stage("check", "current", 1.0, {})
    report.write(ExitCode.DONE)
    first, *others = report.model.next_steps
    assert first == "Read what `next_lobechat` and `doubles` warn of."
    assert others


def test_after_verify_alone_only_those_who_need_attention_are_left_to_do(tmp_path: Path) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}STAGES": "verify"})
    report.stage("verify", "verified", 1.0, {})
    report.write(ExitCode.DONE)
    assert report.model.next_steps == ["Nothing is left to do."]


@pytest.mark.parametrize("code", [code for code in ExitCode if code])
def test_every_failure_has_a_step(report: Report, code: ExitCode) -> None:
    report.write(code)
    assert len(report.model.next_steps) == 1
