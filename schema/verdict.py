"""What a database is: the verdict of the check, and what it was drawn from."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.engine import Connection

from schema import journal
from schema.needs import unmet_needs
from schema.structure import (
    Difference,
    Structure,
    differences,
    known_revisions,
    nearest_revision,
    snapshot,
    structure_at,
)


class Verdict(StrEnum):
    """How a database stands to the target and to what the job needs."""

    CURRENT = "current"  # at the target
    READY = "ready"  # older than the target, but with every column that the job writes (0060 or later)
    OUTDATED = "outdated"  # older than 0060
    AHEAD = "ahead"  # newer than the target, and than 0075
    UNRECORDED = "unrecorded"  # LobeChat's tables without LobeChat's journal, as `pg_dump -n public` leaves them
    FOREIGN = "foreign"  # tables that are not LobeChat's
    EMPTY = "empty"  # no table at all


@dataclass(frozen=True)
class SchemaState:
    """A database as the check found it."""

    verdict: Verdict
    revision: str | None  # None: empty, foreign, newer than every known revision, or not to be told
    target: str
    differences: tuple[Difference, ...] = ()  # from the structure of `revision`, or of the nearest one if unrecorded
    lacks: tuple[str, ...] = ()  # what stands in the way of the job's writes
    adopts: tuple[str, ...] = ()  # the revisions that the journal lacks although the database stands at the last
    plan: tuple[str, ...] = ()  # the revisions that lead from here to the target
    recorded: tuple[str, ...] = ()  # those of the plan that are written into the journal without being run
    pgvector: str = "public"  # the schema that the extension is in
    before: str | None = None  # the revision that an upgrade started from

    @property
    def pending(self) -> bool:
        """True when `apply` has something to write."""
        return bool(self.plan or self.adopts)

    @property
    def usable(self) -> bool:
        """True when the job can write its rows to this database as it is."""
        return not self.lacks and self.verdict not in (Verdict.OUTDATED, Verdict.FOREIGN, Verdict.EMPTY)


def inspect(connection: Connection, target: str) -> SchemaState:
    """Look at the database inside the current `transaction`; nothing is written."""
    stamps = journal.read(connection)
    found = snapshot(connection)
    return replace(_judge(stamps, found, target), pgvector=found.pgvector)


def _judge(stamps: list[int], found: Structure, target: str) -> SchemaState:
    if not stamps:
        return _without_journal(found, target)
    revision = journal.revision_at(stamps[-1])
    if not any(journal.revision_at(stamp) for stamp in stamps):
        return SchemaState(Verdict.FOREIGN, None, target)
    if revision is None and stamps[-1] < journal.newest():
        return SchemaState(Verdict.FOREIGN, None, target, lacks=("the journal's newest row is not LobeChat's",))
    lacks = unmet_needs(found)
    if revision is None or revision not in known_revisions():
        return SchemaState(Verdict.AHEAD, revision, target, lacks=lacks)
    plan = journal.between(revision, target)
    return SchemaState(_verdict(revision, target), revision, target, _unexplained(found, revision), lacks, plan=plan)


def _verdict(revision: str, target: str) -> Verdict:
    if revision > max(target, journal.PIN):
        return Verdict.AHEAD
    if revision < journal.READY:
        return Verdict.OUTDATED
    return Verdict.READY if revision < target else Verdict.CURRENT


def _unexplained(found: Structure, revision: str) -> tuple[Difference, ...]:
    """Compare with `revision`, letting pass what the next revision did or undid when another migrator was cut off."""
    departs = differences(structure_at(revision), found)
    following = f"{int(revision) + 1:04d}"
    if following not in known_revisions():
        return tuple(departs)
    ahead = differences(structure_at(following), found)
    begun = {item.place for item in departs}
    early = {item.table for item in departs if item.part == "table" and item.want is None}
    wrong = (  # made as by the next revision, but in another form
        item
        for item in ahead
        if not item.same_type  # a column may yet become NOT NULL; the comparison after the revision tells
        and ((item.place in begun and item.have is not None) or (item.table in early and item.part == "columns"))
    )
    stays = [item for item in departs if item in ahead]
    return (*stays, *(item for item in wrong if item not in stays))


def _without_journal(found: Structure, target: str) -> SchemaState:
    if not found.tables:
        return SchemaState(Verdict.EMPTY, None, target, plan=journal.between(None, target))
    if not found.tables.keys() >= structure_at("0000").tables.keys() & structure_at(journal.PIN).tables.keys():
        return SchemaState(Verdict.FOREIGN, None, target)
    departs, revision = nearest_revision(found)
    recognised = not departs or (revision != known_revisions()[-1] and all(item.want is None for item in departs))
    return SchemaState(
        Verdict.UNRECORDED,
        revision if recognised else None,
        target,
        tuple(departs),
        unmet_needs(found),
        adopts=journal.between(None, revision) if recognised else (),
        plan=journal.between(revision, target) if recognised else (),
    )
