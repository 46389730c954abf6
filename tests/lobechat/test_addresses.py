"""LobeChat's own addresses are staged as JavaScript folds them, whatever the database's locale."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.session import temporary
from job.lobechat.session.copy import copy_stream
from job.lobechat.staging.addresses import stage_addresses
from job.lobechat.tables import RUN
from sandbox.postgres import Postgres
from tests.support.job import Job, user

PLAIN = ("ada@example.org", "o'neil+tag%x@example.org", "", None)
ODD = {
    "IRIS@Example.org": "iris@example.org",
    "\u00c4\u00d6@example.org": "\u00e4\u00f6@example.org",
    "\u0130@x.org": "i\u0307@x.org",
    " ada@example.org\r\n": "ada@example.org",
    "\u00e4@example.org": "\u00e4@example.org",
    'A"b,c\\d\te': 'a"b,c\\d\te',
    " \t": None,
}
STAGED = "SELECT user_id, email_was, email FROM pg_temp.staged_addresses"
USERS = """
    CREATE TABLE public.users (id text PRIMARY KEY, email text);
    INSERT INTO public.users SELECT email, email FROM unnest(:odd) AS email;
    INSERT INTO public.users SELECT 'plain ' || n, email FROM unnest(:plain) WITH ORDINALITY AS plain (email, n)"""


@pytest.fixture(params=["C", "C.UTF-8"])
def connection(server: Postgres, request: pytest.FixtureRequest) -> Iterator[Connection]:
    name = f"addresses_{request.param.lower()}"
    server.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE '{request.param}'")
    engine = sa.create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(server.url(name)))
    with engine.connect() as made:
        made.execute(sa.text("SET search_path = pg_catalog, pg_temp"))
        made.execute(sa.text(USERS), {"odd": list(ODD), "plain": list(PLAIN)})
        temporary.create(made, temporary.read_present_columns(made), dict.fromkeys(RUN))
        yield made
    engine.dispose()
    server.drop_database(name)


def test_odd_addresses_and_no_others_are_staged_as_the_mapping_folds_them(
    connection: Connection, tmp_path: Path
) -> None:
    stage_addresses(connection, tmp_path)
    assert {tuple(row) for row in connection.execute(sa.text(STAGED))} == {
        (address, address, folded) for address, folded in ODD.items()
    }
    assert not list(tmp_path.iterdir())


def test_the_simple_path_folds_an_address_as_javascript_does(job: Job) -> None:
    job.sql("INSERT INTO users (id, email) VALUES ('a', '\u0130RIS@example.org')")
    assert job.run(PATH="simple") == 0
    assert job.sql("SELECT email FROM users") == [("i\u0307ris@example.org",)]


def test_what_fails_while_rows_are_made_is_raised_as_it_is_and_not_sent_to_the_server(
    connection: Connection, server: Postgres
) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a\tA\ta\n"
        raise ValueError("ada@secret.example")

    with pytest.raises(ValueError, match="ada@secret"), connection.begin_nested():
        copy_stream(connection, "staged_addresses", ("user_id", "email_was", "email"), pieces())
    assert list(connection.execute(sa.text(STAGED))) == []
    log = (server.folder / "log").read_text()
    assert "COPY from stdin failed" in log
    assert "secret.example" not in log


@pytest.mark.parametrize("dry_run", ["1", "0"])
def test_told_are_the_addresses_that_a_sign_in_will_not_find(job: Job, dry_run: str) -> None:
    """Not those that need no change, and not those that the plan puts right."""
    job.insert(
        "INSERT INTO users (id, email) VALUES %s",
        [("user_1", "u1@example.org"), ("user_2", "U2@Example.org"), ("a", "a@example.org"), ("b", "B@example.org")],
    )
    job.give([user(1), user(2)])
    assert job.run(STAGES="check,migrate", DRY_RUN=dry_run) == 0
    assert {who for who, reason, _ in job.attention() if reason == "email_not_matchable"} == {"b"}
