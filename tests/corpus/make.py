"""Writes the corpus: one file for one fault, named for it.  The files are committed; run again after a change here."""

import json
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = (
    "id,first_name,last_name,username,primary_email_address,primary_phone_number,verified_email_addresses,"
    "unverified_email_addresses,verified_phone_numbers,unverified_phone_numbers,totp_secret,password_digest,"
    "password_hasher"
)
HEADER = COLUMNS.encode() + b"\n"
SECRET = "sekret"  # stands in every cell of the corpus; no message may hold it


def row(number: int = 1, **cells: str) -> bytes:
    values = dict.fromkeys(COLUMNS.split(","), SECRET) | {"id": f"user_{number}"} | cells
    return ",".join(values.values()).encode() + b"\n"


GOOD = row(1)
CSV = {
    "empty": b"",
    "only-a-byte-order-mark": b"\xef\xbb\xbf",
    "only-a-comment": b"# users\n",
    "only-line-breaks": b"\n\r\n\n",
    "no-header": GOOD,
    "header-without-id": HEADER.replace(b"id,", b"", 1) + GOOD.partition(b",")[2],
    "header-in-capitals": HEADER.upper() + GOOD,
    "header-with-id-twice": b"id," + HEADER + b"user_1," + GOOD,
    "header-with-password-digest-twice": HEADER.replace(b"totp_secret", b"password_digest") + GOOD,
    "header-with-an-open-quote": b'"' + HEADER + GOOD,
    "separated-by-semicolons": (HEADER + GOOD).replace(b",", b";"),
    "separated-by-tabs": (HEADER + GOOD).replace(b",", b"\t"),
    "utf-16": (HEADER + GOOD).decode().encode("utf-16"),
    "utf-16-without-a-mark": (HEADER + GOOD).decode().encode("utf-16-le"),
    "latin-1": HEADER + GOOD + row(2, first_name="X").replace(b"X", b"\xe9"),
    "half-a-character": HEADER + GOOD + row(2, first_name="X").replace(b"X", b"\xe2\x82"),
    "a-surrogate-in-utf-8": HEADER + GOOD + row(2, first_name="X").replace(b"X", b"\xed\xa0\x80"),
    "overlong-utf-8": HEADER + row(1, first_name="X").replace(b"X", b"\xc0\xaf"),
    "a-cell-too-few": HEADER + GOOD + b"user_2,sekret\n" + row(3),
    "a-cell-too-many": HEADER + GOOD + row(2).replace(b"\n", b",sekret\n") + row(3),
    "cut-inside-a-row": HEADER + GOOD + row(2)[:40],
    "cut-inside-an-id": HEADER + GOOD + b"user_",
    "cut-inside-quotes": HEADER + GOOD + b'user_2,"sekret',
    "a-quote-never-closed": HEADER + GOOD + b'user_2,"sekret,\n' + row(3) + row(4),
    "text-behind-a-quote": HEADER + GOOD + row(2, first_name='"sekret"sekret'),
    "a-quote-escaped-by-a-backslash": HEADER + row(1, first_name='"sek\\"ret"'),
    "an-unquoted-comma": HEADER + row(1, last_name="sekret, jr."),
    "an-unquoted-line-break": HEADER + row(1, last_name="sekret\nsekret"),
    "addresses-with-commas-unquoted": HEADER + row(1, verified_email_addresses="sekret@x.org,sekret@y.org"),
    "no-id": HEADER + GOOD + row(2, id=""),
    "a-blank-id": HEADER + GOOD + row(2, id="   "),
    "an-id-with-a-blank-inside": HEADER + row(1, id="sekret 1"),
    "an-id-with-a-line-break": HEADER + row(1, id='"sekret\n1"'),
    "an-id-beyond-ascii": HEADER + row(1, id="sékret"),
    "an-id-of-300-letters": HEADER + row(1, id="sekret" * 50),
    "a-nul-in-an-id": HEADER + row(1, id="sekret\0"),
    "a-nul-in-a-name": HEADER + GOOD + row(2, first_name="sek\0ret"),
    "nuls-at-the-end": HEADER + GOOD + b"\0" * 512,
    "a-cell-of-200-kib": HEADER + row(1, first_name="sekret" * 34_000),
    "a-page-of-html": b"<!DOCTYPE html>\n<html><body>sekret</body></html>\n",
    "the-json-instead": b'[{"id": "user_1", "first_name": "sekret"}]\n',
    "a-zip-file": b"PK\x03\x04\x14\x00\x08\x00\x08\x00sekret\xff\xfe\x00",
    "another-services-export": b"uid,email,passwordHash\n1,sekret,sekret\n",
    "sixty-bad-rows": HEADER + b"".join(row(n, id="") for n in range(60)),
}  # fmt: skip


def users(*changes: dict[str, object]) -> list[dict[str, object]]:
    return [{"id": f"user_{n}", "created_at": n, "first_name": SECRET} | change for n, change in enumerate(changes, 1)]


LINES = b"[\n" + b",\n".join(json.dumps(one).encode() for one in users({}, {}, {})) + b"\n]\n"
PRETTY = json.dumps(users({}, {}, {}), indent=2).encode()


def one(**change: object) -> bytes:
    return json.dumps(users({}, change), indent=2).encode()


JSON = {
    "empty": b"",
    "only-blanks": b" \n\n",
    "null": b"null",
    "an-object-of-users": b'{"data": ' + PRETTY + b"}",
    "json-lines": LINES[2:-3].replace(b",\n", b"\n"),
    "no-opening-bracket": LINES[2:],
    "no-closing-bracket": LINES[:-3],
    "cut-between-users": LINES[: LINES.index(b"\n", 10)],
    "cut-inside-a-user": LINES[: len(LINES) // 2],
    "cut-inside-a-string": PRETTY[: PRETTY.rindex(b"sekret") + 3],
    "cut-inside-an-escape": PRETTY[: PRETTY.rindex(b"sekret") + 3] + b"\\",
    "cut-inside-pretty-lines": PRETTY[: len(PRETTY) // 2],
    "a-comma-too-many": LINES.replace(b"\n]", b",\n]"),
    "a-comma-too-few": LINES.replace(b"},\n", b"}\n", 1),
    "two-commas": LINES.replace(b"},\n", b"},,\n", 1),
    "two-arrays": LINES + LINES,
    "text-behind-the-array": LINES + b"sekret",
    "a-number-among-users": LINES.replace(b"[\n", b"[\n1,\n"),
    "a-string-among-users": LINES.replace(b"[\n", b'[\n"sekret",\n'),
    "an-array-among-users": LINES.replace(b"[\n", b"[\n[],\n"),
    "a-null-among-users": LINES.replace(b"[\n", b"[\nnull,\n"),
    "brackets-that-do-not-match": LINES.replace(b"}", b"]", 1),
    "single-quotes": LINES.replace(b'"', b"'"),
    "a-key-without-quotes": LINES.replace(b'"id"', b"id", 1),
    "not-utf-8": LINES.replace(b"sekret", b"\xe9", 1),
    "utf-16": LINES.decode().encode("utf-16"),
    "a-line-break-in-a-string": LINES.replace(b"sekret", b"sek\nret", 1),
    "no-id": PRETTY.replace(b'"id": "user_2",', b""),
    "a-null-id": one(id=None),
    "a-number-as-id": one(id=7),
    "an-empty-id": one(id=""),
    "an-id-with-a-blank": one(id="sekret 1"),
    "a-nul-in-an-id": one(id="sekret\0"),
    "no-creation-time": PRETTY.replace(b'"created_at": 2,', b""),
    "a-date-as-creation-time": one(created_at="2024-01-01T00:00:00Z"),
    "a-creation-time-before-1970": one(created_at=-1),
    "a-creation-time-beyond-reason": one(created_at=10**17),
    "a-number-as-name": one(first_name=7),
    "an-object-as-addresses": one(email_addresses={"sekret": "sekret"}),
    "an-address-without-address": one(email_addresses=[{"id": "idn_1"}]),
    "a-link-without-provider": one(external_accounts=[{"id": "eac_1"}]),
    "a-word-as-flag": one(banned="sekret"),
    "a-page-of-html": b"<!DOCTYPE html>\n<html><body>sekret</body></html>\n",
    "the-csv-instead": HEADER + GOOD,
    "an-error-of-the-api": b'{"errors": [{"message": "sekret", "code": "authentication_invalid"}]}',
}  # fmt: skip


def main() -> None:
    for kind, files in (("csv", CSV), ("json", JSON)):
        for name, data in files.items():
            (HERE / kind / f"{name}.{kind}").write_bytes(data)


if __name__ == "__main__":
    main()
