"""People, the same for the same seed, in any number: what Clerk's API, its CSV and LobeChat each know of them."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.clerk_csv import csv_row
from sandbox.clerk_user import Json, api_user
from sandbox.kinds import CYCLE, Kind, cycle
from sandbox.lobechat_user import lobechat_user
from sandbox.traits import draw

NOT_IN_API = {Kind.CSV_ONLY, Kind.LOBECHAT_ONLY}
NOT_IN_CSV = {Kind.API_ONLY, Kind.LOBECHAT_ONLY}
WITHOUT_USE = {Kind.PASSWORD_DISABLED, Kind.PASSWORD_WITHOUT_DIGEST}


@dataclass(slots=True)
class Person:
    """One user: `api` as Clerk's API tells it, `csv` as its export does, `lobechat` as LobeChat 1.x kept it.

    `password` is what the person types, where the CSV has a digest of it that can be carried over.
    """

    number: int
    kind: Kind
    id: str
    password: str | None
    api: Json | None
    csv: dict[str, str] | None
    lobechat: Json | None
    clashes_with: str | None = None  # another's id


def people(count: int, seed: int = 1, *, conflicts: bool = False) -> Iterator[Person]:
    """`count` people, streamed; from 200 on each kind is there.  `conflicts` adds three pairs who clash."""
    rng = random.Random(seed)
    kinds = cycle()
    rng.shuffle(kinds)
    seen: Counter[Kind] = Counter()
    for number in range(count):
        kind = kinds[number % CYCLE]
        yield _person(number, kind, seen[kind], rng)
        seen[kind] += 1
    if conflicts:
        yield from _clashing(count, rng)


def _person(number: int, kind: Kind, nth: int, rng: random.Random) -> Person:
    traits = draw(number, kind, nth, rng)
    return Person(
        number,
        kind,
        traits.id,
        None if kind in WITHOUT_USE | NOT_IN_CSV else traits.password,
        None if kind in NOT_IN_API else api_user(traits),
        None if kind in NOT_IN_CSV else csv_row(traits),
        None if kind is Kind.NOT_IN_LOBECHAT else lobechat_user(traits),
    )


def _clashing(count: int, rng: random.Random) -> Iterator[Person]:
    """Three pairs: one address but for its case, one user name, one account of a provider."""
    for pair, change in enumerate((_share_email, _share_username, _share_link)):
        one, two = (_person(count + 2 * pair + nth, Kind.GOOGLE, nth, rng) for nth in range(2))
        for person in (one, two):
            person.lobechat = None
        if one.api and one.csv and two.api and two.csv:
            change(one.api, one.csv, two.api, two.csv)
        one.clashes_with, two.clashes_with = two.id, one.id
        yield from (one, two)


def _share_email(one: Json, _: dict[str, str], two: Json, two_csv: dict[str, str]) -> None:
    address = one["email_addresses"][0]["email_address"].upper()
    two["email_addresses"][0]["email_address"] = address
    two_csv["primary_email_address"] = two_csv["verified_email_addresses"] = address


def _share_username(one: Json, one_csv: dict[str, str], two: Json, two_csv: dict[str, str]) -> None:
    for user in (one, one_csv, two, two_csv):
        user["username"] = f"clash_{one['id'][-6:].lower()}"


def _share_link(one: Json, _: dict[str, str], two: Json, __: dict[str, str]) -> None:
    for user in (one, two):
        user["external_accounts"][0]["provider_user_id"] = f"clash-{one['id']}"
