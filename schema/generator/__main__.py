"""Make facts of a migration from a database before and after it, and a revision from facts.

    python -m schema.generator snapshot URL > before.json
    python -m schema.generator compare before.json after.json TAG CREATED_AT HASH > facts.json
    python -m schema.generator facts.json …

The last writes versions/TAG.py, deltas/TAG.json and, where it is missing, the row of journal.json.
TAG, CREATED_AT and HASH are those of LobeChat's journal: the file's name, its time stamp, the SHA-256 of its bytes.
docs/schema.md describes the way.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg2
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from schema.generator.facts import changes, write_revision
from schema.structure import Structure, snapshot
from schema.transactions import reading


def main(arguments: Sequence[str]) -> int:
    """Run one of the three commands; tells on standard error what is left to do by hand."""
    match list(arguments):
        case ["snapshot", url]:
            print(json.dumps(_snapshot(url), indent=1))  # noqa: T201 - a command
        case ["compare", before, after, tag, created_at, hash_]:
            facts = changes(_load(before), _load(after))
            head = {"revision": tag[:4], "tag": tag, "journal_created_at": int(created_at), "hash": hash_}
            print(json.dumps(head | facts, indent=1))  # noqa: T201
        case [first, *others] if first.endswith(".json"):
            for file in (first, *others):
                for note in write_revision(json.loads(Path(file).read_text())):
                    print(f"{Path(file).stem}: {note}", file=sys.stderr)  # noqa: T201
        case _:
            print(__doc__, file=sys.stderr)  # noqa: T201
            return 2
    return 0


def _snapshot(url: str) -> dict[str, object]:
    engine = sa.create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(url), poolclass=NullPool)
    with reading(engine, "the snapshot") as connection:
        found = snapshot(connection)
    return {"extensions": found.extensions, "tables": found.tables}


def _load(file: str) -> Structure:
    loaded = json.loads(Path(file).read_text())
    return Structure(tuple(loaded["extensions"]), loaded["tables"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
