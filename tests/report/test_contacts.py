"""The contacts file: the people of attention.csv with address and name, for a mail merge."""

import csv
from pathlib import Path

import pytest

from job.core.errors import SettingsError
from job.lobechat.verify.contacts import Contact
from job.mapping.rows import FindingCode, SignIn
from tests.support.job import Job, user
from tests.support.reports import PREFIX, make_report

CONTACTS = {
    "user_1": Contact("one@example.org", "Ann One"),
    "user_2": Contact("+two@example.org", "=HYPERLINK(1)"),
    "user_3": Contact('=cmd|"x"@example.org', None),
}


def read(path: Path) -> list[tuple[str, ...]]:
    with path.open(newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


def test_whoever_has_an_address_is_in_the_file_and_the_others_are_apart(tmp_path: Path) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}CONTACTS_FILE": "mail/contacts.csv"})
    report.attention("user_1", SignIn.SET_PASSWORD, "no_password")
    report.attention("user_9", SignIn.NO_WAY_IN, "no_email")
    report.attention("user_8", FindingCode.ONLY_IN_LOBECHAT, "")
    report.contacts(lambda ids: {one: CONTACTS[one] for one in ids if one in CONTACTS})
    advice = "Ask the user to set a password by email on LobeChat's sign-in page."
    path = tmp_path / "mail/contacts.csv"
    assert read(path) == [("one@example.org", "Ann One", "set_password", advice, "user_1")]
    (row,) = read(tmp_path / "mail/contacts.without-address.csv")
    assert row[:3] == ("", "", "enter_address")
    assert {one.stat().st_mode & 0o777 for one in (tmp_path / "mail").iterdir()} == {0o600}
    assert report.model.counts["contacts"] == {"with_address": 1, "without_address": 1}


def test_an_address_stays_as_it_is_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    report = make_report(tmp_path, **{f"{PREFIX}CONTACTS_FILE": "contacts.csv"})
    for user_id in CONTACTS:
        report.attention(user_id, SignIn.SET_PASSWORD, "no_password")
    report.contacts(lambda ids: {one: CONTACTS[one] for one in ids})
    assert [row[:2] for row in read(tmp_path / "contacts.csv")] == [
        ("one@example.org", "Ann One"),
        ("+two@example.org", "'=HYPERLINK(1)"),
        ('\'=cmd|"x"@example.org', ""),
    ]


def test_nobody_is_looked_up_unless_the_file_is_wanted(tmp_path: Path) -> None:
    report = make_report(tmp_path)
    report.attention("user_1", SignIn.SET_PASSWORD, "no_password")

    def never(_: list[str]) -> dict[str, Contact]:
        raise AssertionError

    report.contacts(never)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "blocked").touch()
    report = make_report(tmp_path, **{f"{PREFIX}CONTACTS_FILE": "blocked/contacts.csv"})
    with pytest.raises(SettingsError, match=f"{PREFIX}CONTACTS_FILE"):
        report.contacts(lambda _: {})


@pytest.mark.parametrize("dry_run", ["1", "0"])
def test_the_job_finds_people_that_lobechat_knows_and_those_it_does_not_know_yet(
    lobechat_url: str, tmp_path: Path, dry_run: str
) -> None:
    job = Job(lobechat_url, tmp_path)
    job.sql("INSERT INTO users (id, email, full_name) VALUES ('user_1', 'U1@Example.org', 'Ann in LobeChat')")
    job.give([user(1), user(2, first_name="Bob", last_name="New"), user(3, email=None)])
    assert job.run(CONTACTS_FILE="contacts.csv", DRY_RUN=dry_run) == 0
    assert {row[4]: row[:3] for row in read(tmp_path / "contacts.csv")} == {
        "user_1": ("u1@example.org", "Ann in LobeChat", "set_password"),
        "user_2": ("u2@example.org", "Bob New", "set_password"),
    }
    assert [row[4] for row in read(tmp_path / "contacts.without-address.csv")] == ["user_3"]
    assert "@example.org" not in "".join(path.read_text() for path in job.report_folder.iterdir())
