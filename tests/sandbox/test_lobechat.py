"""LobeChat's database is filled as LobeChat 1.x and its users left it."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from sandbox.kinds import CYCLE, Kind
from sandbox.lobechat import NEW_PASSWORD, better_auth_digest, fill_lobechat, promote_administrators
from sandbox.population import Person, people


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def execute(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(scope="module")
def everyone() -> list[Person]:
    return list(people(CYCLE))


def of(kind: Kind, everyone: list[Person]) -> Iterator[Person]:
    return (person for person in everyone if person.kind is kind)


def test_lobechat_1_holds_each_user_as_the_webhook_left_it(lobechat_1_url: str, everyone: list[Person]) -> None:
    count = fill_lobechat(lobechat_1_url, everyone)
    columns = "id, email, username, phone, first_name, last_name, avatar, full_name"
    moment = "(extract(epoch FROM created_at) * 1000)::bigint"
    rows = query(lobechat_1_url, f'SELECT {columns}, {moment} FROM users ORDER BY id COLLATE "C"')
    assert rows == [tuple(person.lobechat.values()) for person in everyone if person.lobechat]
    assert count == len(rows)


def test_oddities_of_the_addresses_are_there(lobechat_1_url: str, everyone: list[Person]) -> None:
    fill_lobechat(lobechat_1_url, everyone)
    conditions = ("email = ''", "email <> lower(email)", "email <> trim(email)")
    counts = ", ".join(f"count(*) FILTER (WHERE {one})" for one in conditions)
    assert query(lobechat_1_url, f"SELECT {counts} FROM users") == [(3, 2, 1)]


def test_users_have_chats_files_and_settings(lobechat_1_url: str, everyone: list[Person]) -> None:
    fill_lobechat(lobechat_1_url, everyone)
    for table in ("user_settings", "sessions", "agents", "topics", "messages", "files", "messages_files"):
        assert query(lobechat_1_url, f"SELECT count(*) > 5 FROM {table}") == [(True,)], table


def test_users_can_come_without_chats(lobechat_1_url: str, everyone: list[Person]) -> None:
    fill_lobechat(lobechat_1_url, everyone, chats=False)
    assert query(lobechat_1_url, "SELECT count(*) FROM messages") == [(0,)]


def test_in_lobechat_2_some_have_signed_in_already(lobechat_url: str, everyone: list[Person]) -> None:
    fill_lobechat(lobechat_url, everyone)
    (linked,), (renewed,) = (of(kind, everyone) for kind in (Kind.LINKED_SINCE, Kind.PASSWORD_SET_SINCE))
    rows = query(lobechat_url, "SELECT user_id, provider_id, account_id, password FROM accounts ORDER BY provider_id")
    assert rows == [
        (renewed.id, "credential", renewed.id, better_auth_digest(NEW_PASSWORD)),
        (linked.id, "google", f"google-{linked.number}", None),
    ]


def test_in_lobechat_2_administrators_have_their_role_and_one_address_is_empty(
    lobechat_url: str, everyone: list[Person]
) -> None:
    fill_lobechat(lobechat_url, everyone)
    administrators = [(person.id,) for person in of(Kind.ADMINISTRATOR, everyone)]
    assert query(lobechat_url, "SELECT id FROM users WHERE role = 'admin'") == administrators
    assert query(lobechat_url, "SELECT count(*) FILTER (WHERE email = ''), count(email) FROM users") == [(1, 196)]


def test_administrators_can_be_promoted_later(lobechat_url: str, everyone: list[Person]) -> None:
    fill_lobechat(lobechat_url, (person for person in everyone if person.kind is not Kind.PASSWORD_SET_SINCE))
    execute(lobechat_url, "UPDATE users SET role = NULL")
    promote_administrators(lobechat_url, everyone)
    assert query(lobechat_url, "SELECT count(*) FROM users WHERE role = 'admin'") == [(1,)]
