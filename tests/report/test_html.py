"""report.html: one page without network that answers the three questions."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from job.core.errors import ConflictsError, ExitCode, InputError, SettingsError
from job.mapping.rows import FindingCode, SignIn
from job.report import Report
from job.report.wording import CLASHES
from tests.support.reports import make_report

VOID = {"meta", "br", "wbr", "link", "img", "input", "hr"}


class Outline(HTMLParser):
    """Checks that tags are closed in order, and keeps text and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += " " + data.strip()


def read(folder: Path) -> Outline:
    outline = Outline()
    outline.feed((folder / "report/latest/report.html").read_text())
    assert outline.open == []
    outline.text = re.sub(r"\s+", " ", outline.text)
    return outline


def fill(report: Report) -> None:
    report.sign_in({SignIn.PASSWORD: 1000, SignIn.SSO: 200, SignIn.PASSWORD_OR_SSO: 34, SignIn.NO_WAY_IN: 2})
    report.count("users", "insert", 1236)
    report.provider("google", 234)
    report.provider("twitter", 1)
    report.attention("user_1", SignIn.NO_WAY_IN, "no_email")
    report.finding(FindingCode.PASSKEY_LOST, 7, ["user_7"])
    report.stage("migrate", "applied", 75.4, {"insert": 1236})


def test_it_says_whether_it_worked_who_gets_in_and_who_needs_attention(report: Report, tmp_path: Path) -> None:
    fill(report)
    report.write(ExitCode.DONE)
    text = read(tmp_path).text
    assert "The users are migrated" in text
    assert "1,234 of 1,236 users get in without doing anything first" in text
    assert "1 person has no address that a sign-in finds" in text
    assert text.index("Who needs attention") < text.index("What was written")
    assert "1 min 15 s" in text


def test_a_dry_run_says_that_nothing_was_written(tmp_path: Path) -> None:
    report = make_report(tmp_path, CLERK_TO_BETTERAUTH_DRY_RUN="1", AUTH_SSO_PROVIDERS="github")
    fill(report)
    report.write(ExitCode.DONE)
    text = read(tmp_path).text
    assert "Nothing was written" in text
    assert "What would be written" in text
    assert "not enabled in LobeChat" in text


def test_conflicts_are_named(report: Report, tmp_path: Path) -> None:
    fill(report)
    for number in range(51):
        report.conflict(f"user_a{number}", FindingCode.CONFLICT_EMAIL, f"user_b{number}")
    report.write(ExitCode.CONFLICTS, ConflictsError("51 users clash", hint="settle it", details=("one", "two")))
    text = read(tmp_path).text
    assert "user_a49 email address user_b49" in text
    assert "All 51 are in causes.csv" in text
    assert "51 users clash. one two User Has the same As user user_a0 email address user_b0" in text
    assert text.index("user_b0") < text.index("What to do next")
    assert text.lower().count("settle it") == 1


@pytest.mark.parametrize("code", list(ExitCode))
def test_every_end_of_an_empty_run_makes_a_page(report: Report, tmp_path: Path, code: ExitCode) -> None:
    report.write(code)
    assert report.model.headline in read(tmp_path).text


def test_it_needs_no_network_and_no_script(report: Report, tmp_path: Path) -> None:
    fill(report)
    report.write(ExitCode.DONE)
    page = (tmp_path / "report/latest/report.html").read_text()
    assert not re.search(r"https?://|<script|url\(|@import", page)
    links = {value for name, value in read(tmp_path).attributes if name in {"src", "href"}}
    assert links <= {"#causes", "attention.csv", "causes.csv", "report.json"}


def test_it_links_to_the_lists_and_to_the_causes_below(report: Report, tmp_path: Path) -> None:
    fill(report)
    report.write(ExitCode.DONE)
    attributes = read(tmp_path).attributes
    links = {value for name, value in attributes if name == "href"}
    assert {"#causes", "attention.csv"} <= links
    assert {str(value)[1:] for value in links if str(value).startswith("#")} <= {
        value for name, value in attributes if name == "id"
    }
    assert all((report.folder / str(value)).exists() for value in links if not str(value).startswith("#"))


def test_a_rollback_does_not_speak_of_signing_in(report: Report, tmp_path: Path) -> None:
    report.attention("user_1", FindingCode.KEPT_ON_ROLLBACK, "")
    report.stage("rollback", "rolled back", 1.0, {})
    report.write(ExitCode.DONE)
    outline = read(tmp_path)
    assert "1 person has to be looked at" in outline.text
    assert "How users sign in" not in outline.text
    assert ("href", "#causes") not in outline.attributes  # no finding was told, so there is no such place


def test_people_are_counted_apart_from_causes(report: Report, tmp_path: Path) -> None:
    report.sign_in({SignIn.SET_PASSWORD: 2})
    for user in ("user_1", "user_2"):
        report.attention(user, FindingCode.PASSWORD_HASHER_UNSUPPORTED, "argon2")
        report.attention(user, FindingCode.LINK_UNVERIFIED, "google")
        report.attention(user, SignIn.SET_PASSWORD, "no_password")
    report.finding(FindingCode.LINK_UNVERIFIED, 2, ["user_1", "user_2"])
    report.write(ExitCode.DONE)
    people, _, causes = read(tmp_path).text.partition("Who needs attention")[2].partition("Causes")
    assert "2 people have to set a password by email" in people
    assert "link a provider" not in people
    assert "Clerk never verified this link" in causes


def test_the_list_has_the_colours_of_the_bar(report: Report, tmp_path: Path) -> None:
    report.sign_in({SignIn.SET_PASSWORD: 585})
    report.attention("user_1", SignIn.SET_PASSWORD, "no_password")
    report.write(ExitCode.DONE)
    styles = [str(value) for name, value in read(tmp_path).attributes if name == "style"]
    assert sum(style.endswith("--c:var(--set_password)") for style in styles) == 3  # bar, legend, list of people


def test_each_advice_stands_once(report: Report, tmp_path: Path) -> None:
    for code in FindingCode:
        report.finding(code, 1, ["user_1"])
    report.write(ExitCode.DONE)
    text = read(tmp_path).text
    for finding in report.model.findings:
        assert text.count(f" {finding.what_to_do} 1 ") == 1


def test_a_failed_check_is_told_at_the_top_and_its_advice_as_a_step_alone(report: Report, tmp_path: Path) -> None:
    report.preflight("clerk", "passed", "Clerk answers", "", [])
    report.preflight("csv", "failed", "the CSV is missing", "move it", [])
    report.preflight("triggers", "failed", "there are triggers", "disable them", ["public.users: audit"])
    report.write(ExitCode.INPUT, InputError("the CSV is missing", hint="move it"))
    text = read(tmp_path).text
    head, _, rest = text.partition("What to do next")
    assert "csv the CSV is missing triggers there are triggers public.users: audit" in head
    assert text.lower().count("move it") == text.lower().count("disable them") == 1
    assert rest.index("✗ failed triggers") < rest.index("✓ passed clerk")


def test_somebody_is_not_told_as_nobody(report: Report, tmp_path: Path) -> None:
    report.sign_in({SignIn.PASSWORD: 1_000_000, SignIn.NO_WAY_IN: 1})
    report.write(ExitCode.DONE)
    assert "1 cannot sign in < 0.1 %" in read(tmp_path).text


@pytest.mark.parametrize(("dry_run", "words"), [("1", "to insert in conflict"), ("0", "inserted in conflict")])
def test_the_table_says_what_was_done_or_is_to_be(tmp_path: Path, dry_run: str, words: str) -> None:
    report = make_report(tmp_path, CLERK_TO_BETTERAUTH_DRY_RUN=dry_run)
    report.planned("users", {"insert": 1, "conflict": 2})
    report.stage("migrate", "applied", 1.0, {})
    report.write(ExitCode.DONE)
    assert f"Table {words}" in read(tmp_path).text


def test_verify_alone_tells_what_is_and_not_what_would_be(tmp_path: Path) -> None:
    report = make_report(tmp_path, CLERK_TO_BETTERAUTH_STAGES="verify", CLERK_TO_BETTERAUTH_DRY_RUN="1")
    report.sign_in({SignIn.SSO: 1})
    report.stage("verify", "verified", 1.0, {})
    report.write(ExitCode.DONE)
    text = read(tmp_path).text
    assert "How users sign in" in text
    assert "dry run" not in text


def test_long_words_may_be_broken_where_a_reader_would(report: Report, tmp_path: Path) -> None:
    name = "CLERK_TO_BETTERAUTH_LOBECHAT_ENV_FILE"
    report.write(ExitCode.SETTINGS, SettingsError(f"{name}: <x> /run/secrets/database-url", hint="A_SHORT_NAME"))
    page = (tmp_path / "report/latest/report.html").read_text()
    assert f"{name.replace('_', '_<wbr>')}: &lt;x&gt; /run/<wbr>secrets/<wbr>database-url" in page
    assert "A_SHORT_NAME" in page


def test_every_clash_has_its_words() -> None:
    assert set(CLASHES) == {code for code in FindingCode if code.startswith("conflict_")}


def test_what_comes_from_outside_is_escaped(report: Report, tmp_path: Path) -> None:
    report.provider("<b>x</b>", 1)
    report.conflict("<script>", FindingCode.CONFLICT_EMAIL, '"&')
    report.write(ExitCode.DONE)
    text = read(tmp_path).text
    assert "<b>x</b>" in text
    assert "<script>" in text
