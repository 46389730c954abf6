"""What the readers make of good files, and that any bytes at all give users or an InputError."""

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from job.clerk.files.csv_file import read_csv
from job.clerk.files.manifest import Manifest, manifest_path
from job.clerk.files.users_file import exported_at_ms, read_users
from job.clerk.identifiers import is_id
from job.clerk.models import ClerkUser, CsvUser
from job.core.errors import InputError
from sandbox.clerk_csv import COLUMNS, write_csv
from sandbox.population import people

PEOPLE = list(people(300))
HEADER = b"id,password_digest,password_hasher"
IN_ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)


@pytest.mark.parametrize("comment", [False, True])
@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("crlf", [False, True])
def test_the_peculiarities_of_real_files_change_nothing(tmp_path: Path, comment: bool, bom: bool, crlf: bool) -> None:
    path = tmp_path / "users.csv"
    rows = write_csv(path, PEOPLE, comment=comment, bom=bom, crlf=crlf)
    expected = [
        {name: cell.strip() or None for name, cell in person.csv.items() if name in CsvUser._fields}
        for person in PEOPLE
        if person.csv is not None
    ]
    assert rows == len(expected)
    assert [{name: getattr(row, name) for name in expected[0]} for row in read_csv(path)] == expected


def read(path: Path, data: bytes) -> list[CsvUser]:
    path.write_bytes(data)
    return list(read_csv(path))


def test_columns_are_found_by_name_and_unknown_ones_passed_over(tmp_path: Path) -> None:
    data = b"new,password_hasher,id,first_name,password_digest\nx,bcrypt,user_1, Ada ,\n"
    assert read(tmp_path / "a.csv", data) == [CsvUser(2, "user_1", first_name="Ada", password_hasher="bcrypt")]


def test_a_missing_column_is_named_where_something_would_read_it(tmp_path: Path) -> None:
    """Clerk's columns of unverified addresses are read by nobody."""
    read_by_nobody = {"unverified_email_addresses", "unverified_phone_numbers"}
    with structlog.testing.capture_logs() as logs:
        read(tmp_path / "a.csv", ",".join(name for name in COLUMNS if name not in read_by_nobody).encode() + b"\n")
    assert logs == []
    with structlog.testing.capture_logs() as logs:
        read(tmp_path / "a.csv", HEADER + b"\n")
    [warning] = logs
    assert warning["event"] == "csv.columns_missing"
    assert read_by_nobody.isdisjoint(warning["columns"])
    assert "totp_secret" in warning["columns"]


def test_a_row_has_the_line_where_it_begins(tmp_path: Path) -> None:
    data = b"# by\n# us\n\n" + HEADER + b'\n\nuser_1,"a\nb\r\nc",\nuser_2,,\n\n\nuser_3,,'
    assert [(row.line, row.id) for row in read(tmp_path / "a.csv", data)] == [
        (6, "user_1"), (9, "user_2"), (12, "user_3"),
    ]  # fmt: skip


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER + b"\nuser_1,,\nuser_2,,\n")
    rows = read_csv(path)
    next(rows)
    with path.open("ab") as file:
        file.write(b"user_3,,\n")
    with pytest.raises(InputError, match="changed while it was read"):
        list(rows)


@pytest.mark.parametrize("name", ["missing.csv", ""])
def test_a_missing_file_is_named_with_a_hint(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as caught:
        list(read_csv(tmp_path / name))
    assert caught.value.hint
    with pytest.raises(InputError):
        list(read_users(tmp_path / name))


API = [person.api for person in PEOPLE[:30] if person.api]
USERS = msgspec.convert(API, list[ClerkUser])
LAYOUTS = {
    "one user a line": b"[\n" + b",\n".join(map(msgspec.json.encode, USERS)) + b"\n]\n",
    "one user a line, CRLF": b"[\r\n" + b",\r\n".join(map(msgspec.json.encode, USERS)) + b"\r\n]\r\n",
    "pretty-printed": json.dumps(API, indent=2).encode(),
    "tabs": json.dumps(API, indent="\t").encode(),
    "one line": json.dumps(API).encode(),
    "compact": msgspec.json.encode(API),
    "two users a line": b"[" + b"\n,".join(
        msgspec.json.encode(API[at]) + b"," + msgspec.json.encode(API[at + 1]) for at in range(0, len(API) - 1, 2)
    ) + (b"," + msgspec.json.encode(API[-1]) if len(API) % 2 else b"") + b"]",
    "byte-order mark": b"\xef\xbb\xbf" + msgspec.json.encode(API),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("chunk", [61, 997, 1 << 20])
def test_the_layout_and_the_chunks_of_the_users_file_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str, chunk: int
) -> None:
    monkeypatch.setattr("job.clerk.files.users_file.CHUNK", chunk)
    path = tmp_path / "clerk_users.json"
    path.write_bytes(LAYOUTS[layout])
    assert list(read_users(path)) == USERS


GUIDE: dict[str, Any] = {
    "id": "user_1", "created_at": 5, "banned": False, "primaryEmail": "ada@example.org", "two_factor_enabled": True,
    "external_accounts": [
        {"id": "eac_1", "provider": "oauth_google", "provider_user_id": "7", "verificationStatus": True},
        {"id": "eac_2", "provider": "oauth_github", "provider_user_id": "8", "verificationStatus": False},
    ],
}  # fmt: skip


def test_the_file_of_the_guides_own_script_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "clerk_users.json"
    path.write_text(json.dumps([GUIDE], indent=2))
    (user,) = read_users(path)
    assert user.from_guide_export
    assert type(user) is ClerkUser
    assert user.primary_email_address_id == user.email_addresses[0].id
    assert user.email_addresses[0].email_address == "ada@example.org"
    statuses = [link.verification.status for link in user.external_accounts if link.verification]
    assert statuses == ["verified", "unverified"]
    assert exported_at_ms(path) == path.stat().st_mtime_ns // 1_000_000


@pytest.mark.parametrize("change", [{"count": 2}, {"sha256": "0" * 64}])
def test_a_users_file_that_is_not_its_manifests_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "clerk_users.json"
    path.write_text(json.dumps([{"id": "user_1", "created_at": 5}]))
    manifest: dict[str, object] = {"count": 1, "sha256": "0" * 64, "exported_at": 7, "api_version": "2025-04-10"}
    path.with_name("clerk_users.manifest.json").write_text(json.dumps(manifest | change))
    assert exported_at_ms(path) == 7
    with pytest.raises(InputError, match="not what"):
        list(read_users(path))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"[\n", b""),
        (b"[\n", b"["),
        (b"]\n", b""),
        (b"]\n", b"]\n]\n"),
        (b"]\n", b"]\ntext"),
        (b'"created_at":6}', b'"created_at":6'),
        (b'"created_at":6}', b'"created_at":7}'),
        (b'"id":"user_2"', b'"id":"user 2"'),
        (b"},\n{", b"}\n,{"),
        (b',\n{"id":"user_2","created_at":6}', b""),
    ],
)
def test_an_export_that_was_changed_since_is_refused(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = tmp_path / "clerk_users.json"
    whole = b'[\n{"id":"user_1","created_at":5},\n{"id":"user_2","created_at":6}\n]\n'
    manifest = Manifest(2, hashlib.sha256(whole).hexdigest(), 7)
    manifest_path(path).write_bytes(msgspec.json.encode(manifest))
    path.write_bytes(whole)
    assert [user.id for user in read_users(path)] == ["user_1", "user_2"]
    assert before in whole
    path.write_bytes(whole.replace(before, after))
    with pytest.raises(InputError, match=r"not what the export wrote: \d good users of 2") as caught:
        list(read_users(path))
    assert manifest_path(path).name in caught.value.hint


def test_a_damaged_manifest_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clerk_users.json"
    path.write_text("[]")
    path.with_name("clerk_users.manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"manifest\.json"):
        list(read_users(path))


CSV_BYTES = st.lists(st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"user_1", b"#", b" "]) | st.binary())
JSON_BYTES = st.lists(
    st.sampled_from([b"[", b"]", b"{", b"}", b'"', b",", b"\\", b"\n", b'{"id":"u","created_at":1}']) | st.binary()
)


@IN_ONE_FOLDER
@given(header=st.sampled_from([b"", HEADER + b"\n"]), rest=CSV_BYTES)
def test_any_bytes_give_rows_or_an_input_error(tmp_path: Path, header: bytes, rest: list[bytes]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(header + b"".join(rest))
    try:
        rows = list(read_csv(path))
    except InputError:
        return
    assert all(is_id(row.id) for row in rows)


@IN_ONE_FOLDER
@given(opening=st.sampled_from([b"", b"[", b"[\n"]), rest=JSON_BYTES)
def test_any_bytes_give_users_or_an_input_error(tmp_path: Path, opening: bytes, rest: list[bytes]) -> None:
    path = tmp_path / "clerk_users.json"
    path.write_bytes(data := opening + b"".join(rest))
    try:
        users = list(read_users(path))
    except InputError:
        return
    assert [user.id for user in users] == [one["id"] for one in json.loads(data)]
