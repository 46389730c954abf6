"""Does the sign-in page know the people of the sample, and say of each what the database says?"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from job.mapping.rows import SignIn
from job.report.model import NamedCheck
from job.smoke.check import Visit, count_users, failed, failed_oddly, passed, skipped
from job.smoke.expected import Person
from job.smoke.lobechat_api import Answer, LobeChatApi

OK = 200
NOT_THERE = {404, 405}
MADE_UP = 2  # addresses
SHOWN = 5  # user ids in a message
LOOK_AT_DATABASE = (
    "most likely LobeChat is bound to another database than the job, or to a copy from before the migration: compare"
    " its DATABASE_URL with the job's"
)
LOOK_AT_ROWS = (
    "run again; if it happens again, look at the rows of these users in the database that LobeChat is bound to"
)


@dataclass(frozen=True)
class Said:
    """What LobeChat said of one person; `error` is an answer that says nothing.

    `typed` and `in_capitals` are (is known, has a password), None without an address; `by_username` is None where there
    was no user name to ask for, else the address found (empty: none).
    """

    typed: tuple[bool, bool] | None = None
    in_capitals: tuple[bool, bool] | None = None
    by_username: str | None = None
    error: Answer | None = None


async def check_people(visit: Visit) -> None:
    """One check for each sign-in class; a row that changed meanwhile is read and asked about once more."""
    people = {person.id: person for person in visit.expected.people}
    said = {one: await _ask_about(visit.api, person) for one, person in people.items()}
    differing = [one for one, person in people.items() if _difference(person, said[one])]
    if differing:
        people = {one: person for one, person in people.items() if one not in differing}
        people |= {person.id: person for person in visit.read(differing).people}
        said |= {one: await _ask_about(visit.api, people[one]) for one in differing if one in people}
    for sign_in in SignIn:
        asked = [person for person in people.values() if person.sign_in is sign_in]
        visit.tell(_tell(sign_in, asked, said, sum(person.id in differing for person in asked)))


async def check_made_up(visit: Visit) -> None:
    """Nobody has these addresses: an answer that knows them comes from something else than LobeChat's users."""
    name = "made_up_addresses"
    for _ in range(MADE_UP):
        answer = await visit.api.post("/api/auth/check-user", {"email": make_up_address("example.com")})
        if answer.status != OK or not isinstance(answer.get("exists"), bool):
            visit.tell(failed_oddly(name, "the sign-in page cannot look people up", answer))
            return
        if answer.get("exists"):
            message = "LobeChat says that it knows an address that was made up"
            visit.tell(failed(name, message, hint="look at what answers at /api/auth/check-user: it is not LobeChat"))
            return
    visit.tell(passed(name, f"{MADE_UP} made-up addresses are unknown"))


def make_up_address(domain: str) -> str:
    """An address that nobody has."""
    return f"nobody-{secrets.token_hex(12)}@{domain}"


async def _ask_about(api: LobeChatApi, person: Person) -> Said:
    typed = in_capitals = None
    by_username: str | None = None
    if person.email is not None:
        both = [await _check_user(api, address) for address in (person.email, _capitals(person.email))]
        if error := next((one for one in both if isinstance(one, Answer)), None):
            return Said(error=error)
        typed, in_capitals = (one for one in both if not isinstance(one, Answer))
    if person.username is not None:
        answer = await api.post("/api/auth/resolve-username", {"username": person.username})
        if answer.status == OK and answer.is_json:
            by_username = str(answer.get("email") or "") if answer.get("exists") else ""
        elif answer.status not in NOT_THERE:  # a release without user names on its sign-in page
            return Said(error=answer)
    return Said(typed, in_capitals, by_username)


def _capitals(address: str) -> str:
    """The address in capitals, where these are the same letters when they are made small again."""
    return address.upper() if address.upper().lower() == address.lower() else address


async def _check_user(api: LobeChatApi, address: str) -> tuple[bool, bool] | Answer:
    answer = await api.post("/api/auth/check-user", {"email": address})
    exists = answer.get("exists")
    if answer.status != OK or not isinstance(exists, bool):
        return answer
    return exists, exists and bool(answer.get("hasPassword"))


def _difference(person: Person, said: Said) -> str:
    """What LobeChat says otherwise than the database, in words; empty where nothing."""
    if said.error is not None:
        return "without an answer"
    expected = (person.is_known, person.is_known and person.has_password)
    if said.typed is not None and said.typed != expected:
        return _WORDS[expected, said.typed]
    if said.in_capitals is not None and said.in_capitals != expected:
        return "not found with the address typed in capitals"
    if said.by_username is not None and said.by_username != (person.email_of_username or ""):
        return "not found by their user name, or another one is"
    return ""


# By what the database says and what LobeChat says: (is known, has a password).
_WORDS = {
    ((True, True), (False, False)): "unknown to LobeChat",
    ((True, False), (False, False)): "unknown to LobeChat",
    ((True, True), (True, False)): "without a password for LobeChat, with one in the database",
    ((True, False), (True, True)): "with a password for LobeChat, without one in the database",
    ((False, False), (True, False)): "found by LobeChat by an address that no row has in small letters",
    ((False, False), (True, True)): "found by LobeChat by an address that no row has in small letters",
}


def _tell(sign_in: SignIn, asked: Sequence[Person], said: dict[str, Said], changed: int) -> NamedCheck:
    name = f"users.{sign_in}"
    if not asked:
        return skipped(name, "there is nobody of this class to ask about")
    wrong = {person.id: words for person in asked if (words := _difference(person, said[person.id]))}
    if not wrong:
        meanwhile = f" ({changed} of them changed meanwhile, and were asked about again)" if changed else ""
        return passed(name, f"LobeChat agrees with the database about {count_users(len(asked))}{meanwhile}")
    error = next((said[one].error for one in wrong if said[one].error), None)
    if error is not None:
        return failed_oddly(name, f"LobeChat cannot look up {len(wrong)} of {count_users(len(asked))}", error)
    words = "; ".join(f"{number} {kind}" for kind, number in Counter(wrong.values()).most_common())
    return failed(
        name,
        f"LobeChat disagrees with the database about {len(wrong)} of {count_users(len(asked))}: {words}",
        hint=LOOK_AT_DATABASE if len(wrong) * 2 >= len(asked) else LOOK_AT_ROWS,
        details=tuple(list(wrong)[:SHOWN]),
    )
