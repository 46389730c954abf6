"""Every bad file of the corpus is refused: where the fault is gets named, what the cell holds does not."""

import re
from pathlib import Path

import pytest

from job.clerk.files.csv_file import read_csv
from job.clerk.files.users_file import read_users
from job.core.errors import ExitCode, InputError

CORPUS = Path(__file__).parent.parent / "corpus"
CSV = sorted((CORPUS / "csv").iterdir())
JSON = sorted((CORPUS / "json").iterdir())


def name(path: Path) -> str:
    return path.stem


def assert_tells_where(error: InputError, path: Path, where: str) -> None:
    text = "\n".join([error.message, *error.details])
    assert error.exit_code is ExitCode.INPUT
    assert error.message.startswith(path.name)
    assert error.hint
    assert "sekret" not in text + error.hint + repr(error.__cause__)
    assert path.stat().st_size == 0 or re.search(where, text), text


@pytest.mark.parametrize("path", CSV, ids=name)
def test_a_bad_csv_is_refused(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(read_csv(path))
    assert_tells_where(caught.value, path, r"line \d+")


@pytest.mark.parametrize("path", JSON, ids=name)
def test_a_bad_users_file_is_refused(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(read_users(path))
    assert_tells_where(caught.value, path, r"user \d+")


@pytest.mark.parametrize(
    ("file", "line", "column"),
    [
        ("a-cell-too-few", 3, ""),
        ("a-cell-too-many", 3, ""),
        ("a-nul-in-a-name", 3, "first_name"),
        ("a-quote-never-closed", 5, ""),
        ("header-with-password-digest-twice", 1, "password_digest"),
        ("latin-1", 3, ""),
        ("no-id", 3, "id"),
        ("text-behind-a-quote", 3, ""),
    ],
)
def test_the_line_and_the_column_are_right(file: str, line: int, column: str) -> None:
    with pytest.raises(InputError) as caught:
        list(read_csv(CORPUS / "csv" / f"{file}.csv"))
    text = "\n".join([caught.value.message, *caught.value.details])
    assert f"line {line}" in text
    assert column in text


def test_the_first_fifty_bad_rows_are_listed_and_the_others_counted() -> None:
    with pytest.raises(InputError) as caught:
        list(read_csv(CORPUS / "csv" / "sixty-bad-rows.csv"))
    assert "60 of 60" in caught.value.message
    assert len(caught.value.details) == 51
    assert caught.value.details[-1] == "and 10 more lines"


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("a-number-as-name", "$.first_name"),
        ("an-address-without-address", "$.email_addresses[0]"),
        ("a-creation-time-beyond-reason", "$.created_at"),
        ("a-null-id", "$.id"),
    ],
)
def test_a_field_of_another_shape_is_named_by_user_and_path(file: str, path: str) -> None:
    with pytest.raises(InputError, match=r"user 2: .*") as caught:
        list(read_users(CORPUS / "json" / f"{file}.json"))
    assert path in caught.value.message
