"""Facts of a migration: made from the structure before and after it, and written down as a revision."""

import json
from collections.abc import Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any

from schema.generator.revision import notes, revision_text
from schema.structure import EMPTY, KINDS, Structure, fold

SCHEMA = Path(__file__).parents[1]
NOT_KEPT = ("hash", "not_measured")


def changes(before: Structure, after: Structure) -> dict[str, Any]:
    """Return what a migration changed.

    A renamed table or column looks like one dropped and one added: put it right by hand, with `rename_tables` and
    `rename_columns`.
    """
    found = {
        "extensions": [name for name in after.extensions if name not in before.extensions],
        "drop_tables": sorted(before.tables.keys() - after.tables.keys()),
        "create_tables": {name: table for name, table in after.tables.items() if name not in before.tables},
        "alter_tables": {
            name: altered
            for name, table in after.tables.items()
            if name in before.tables and (altered := _altered(before.tables[name], table))
        },
    }
    return {name: value for name, value in found.items() if value}


def write_revision(facts: Mapping[str, Any], folder: Path = SCHEMA) -> list[str]:
    """Write the revision, its delta and, unless it is there, its row of the journal.

    Returns what is left to do by hand.  `folder` is that of the package `schema`.
    Raises code.UnknownFormError for a form that the generator does not know.
    """
    tag = facts["tag"]
    before = EMPTY
    earlier = [file for file in sorted((folder / "deltas").glob("*.json")) if file.name[:4] < facts["revision"]]
    for file in earlier:
        before = fold(before, json.loads(file.read_text()))
    text = revision_text(facts, before, earlier[-1].name[:4])
    (folder / "versions" / f"{tag}.py").write_text(text)
    kept = {name: value for name, value in facts.items() if name not in NOT_KEPT}
    (folder / "deltas" / f"{tag}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    _add_to_journal(folder / "journal.json", facts)
    return list(notes(facts))


def _altered(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in KINDS:
        old, new = before[kind], after[kind]
        found[f"add_{kind}"] = {name: value for name, value in new.items() if name not in old}
        found[f"change_{kind}"] = {name: value for name, value in new.items() if old.get(name, value) != value}
        found[f"drop_{kind}"] = [name for name in old if name not in new]
    if before["options"] != after["options"]:
        found["options"] = after["options"]
    return {name: value for name, value in found.items() if value or name == "options"}


def _add_to_journal(file: Path, facts: Mapping[str, Any]) -> None:
    loaded = json.loads(file.read_text())
    if any(entry["revision"] == facts["revision"] for entry in loaded["entries"]):
        return
    names = {"revision": "revision", "tag": "tag", "created_at": "journal_created_at", "hash": "hash"}
    loaded["entries"].append({name: facts[fact] for name, fact in names.items()} | {"other_hashes": []})
    loaded["entries"].sort(key=itemgetter("revision"))
    file.write_text(json.dumps(loaded, indent=1, ensure_ascii=False) + "\n")
