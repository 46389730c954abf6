"""The contacts file (C2B_CONTACTS_FILE): the people of attention.csv with address and name, for a mail merge."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from job.core.files import FileAside, make_folder
from job.lobechat.verify.contacts import Contact
from job.report.people import Person, plain

PEOPLE_AT_ONCE = 5000
HEADER = ("email", "name", "action", "what_to_do", "user_id")
HARMLESS_ADDRESS = re.compile(r"[\w'+.-]+@[\w.-]+", re.ASCII)  # no formula, though it may begin with + or -


FindContacts = Callable[[list[str]], dict[str, Contact]]  # user ids to contacts; whoever is unknown is left out


def without_address(path: Path) -> Path:
    """The second file, for the people who have no address: `contacts.csv` makes `contacts.without-address.csv`."""
    return path.with_name(f"{path.stem}.without-address{path.suffix}")


def write_contacts(path: Path, people: Iterable[Person], find_contacts: FindContacts) -> tuple[int, int]:
    """Write both files, 0600; returns the numbers of people with and without an address.  Raises OSError."""
    numbers = [0, 0]
    make_folder(path.parent)
    with ExitStack() as stack:
        files = [stack.enter_context(FileAside(one, text=True)) for one in (path, without_address(path))]
        writers = [csv.writer(file, lineterminator="\n") for file in files]
        for writer in writers:
            writer.writerow(HEADER)
        for some in _in_batches(people):
            contacts = find_contacts([person.user_id for person in some])
            for person in some:
                contact = contacts.get(person.user_id, Contact(None, None))
                which = 0 if contact.email else 1
                numbers[which] += 1
                writers[which].writerow(_row(person, contact))
    return numbers[0], numbers[1]


def _row(person: Person, contact: Contact) -> tuple[str, ...]:
    email, name = contact.email or "", contact.name or ""
    harmless = HARMLESS_ADDRESS.fullmatch(email)
    return (
        email if harmless else plain(email),
        plain(name),
        person.action,
        person.action.what_to_do,
        plain(person.user_id),
    )


def _in_batches(people: Iterable[Person]) -> Iterator[list[Person]]:
    batch: list[Person] = []
    for person in people:
        batch.append(person)
        if len(batch) == PEOPLE_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
