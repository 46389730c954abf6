"""Whatever else acts on LobeChat's tables is named before the first write, with the statement that takes it away."""

from typing import Any, NamedTuple

import pytest

from job.preflight.catalog import find
from tests.support.job import Job

AUDIT = """
    CREATE TABLE public.audit (at timestamptz DEFAULT now(), what text);
    CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO public.audit (what) VALUES (TG_OP); RETURN NULL; END$$;"""
HUSH = "CREATE FUNCTION public.hush() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;"


class Hostile(NamedTuple):
    """Statements that put something in the way, the check that names it, and its way out."""

    check: str
    statements: str
    way_out: str


HOSTILE = {
    "after trigger": Hostile(
        "triggers",
        AUDIT + "CREATE TRIGGER noting AFTER UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.note()",
        "ALTER TABLE public.users DISABLE TRIGGER noting",
    ),
    "before trigger": Hostile(
        "triggers",
        HUSH + "CREATE TRIGGER hushing BEFORE INSERT ON public.accounts FOR EACH ROW EXECUTE FUNCTION public.hush()",
        "ALTER TABLE public.accounts DISABLE TRIGGER hushing",
    ),
    "statement trigger that is always on": Hostile(
        "triggers",
        AUDIT
        + """CREATE TRIGGER "No Ting" AFTER INSERT ON public.two_factor EXECUTE FUNCTION public.note();
        ALTER TABLE public.two_factor ENABLE ALWAYS TRIGGER "No Ting" """,
        'ALTER TABLE public.two_factor DISABLE TRIGGER "No Ting"',
    ),
    "constraint trigger": Hostile(
        "triggers",
        AUDIT
        + """CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON public.users DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.note()""",
        "ALTER TABLE public.users DISABLE TRIGGER late",
    ),
    "rule": Hostile(
        "rules",
        "CREATE RULE nothing AS ON INSERT TO public.accounts DO INSTEAD NOTHING",
        "ALTER TABLE public.accounts DISABLE RULE nothing",
    ),
    "child table": Hostile(
        "inheritance",
        "CREATE TABLE public.guests () INHERITS (public.users)",
        "ALTER TABLE public.guests NO INHERIT public.users",
    ),
    "parent table": Hostile(
        "inheritance",
        "CREATE TABLE public.everybody (id text NOT NULL); ALTER TABLE public.users INHERIT public.everybody",
        "ALTER TABLE public.users NO INHERIT public.everybody",
    ),
    "partitioned table": Hostile(
        "inheritance",
        """ALTER TABLE public.two_factor RENAME TO two_factor_before;
        CREATE TABLE public.two_factor (LIKE public.two_factor_before INCLUDING ALL) PARTITION BY HASH (id);
        CREATE TABLE public.two_factor_1 PARTITION OF public.two_factor FOR VALUES WITH (MODULUS 1, REMAINDER 0)""",
        "put its rows into an ordinary table",
    ),
    "partition": Hostile(
        "inheritance",
        """CREATE TABLE public.factors (LIKE public.two_factor INCLUDING DEFAULTS) PARTITION BY LIST (user_id);
        ALTER TABLE public.factors ATTACH PARTITION public.two_factor DEFAULT""",
        "ALTER TABLE public.factors DETACH PARTITION public.two_factor",
    ),
    "check constraint": Hostile(
        "constraints",
        "ALTER TABLE public.users ADD CONSTRAINT ours CHECK (email LIKE '%@example.org') NOT VALID",
        "ALTER TABLE public.users DROP CONSTRAINT ours",
    ),
    "unique constraint": Hostile(
        "constraints",
        "ALTER TABLE public.accounts ADD CONSTRAINT one_each UNIQUE (user_id)",
        "ALTER TABLE public.accounts DROP CONSTRAINT one_each",
    ),
    "unique index": Hostile(
        "constraints",
        'CREATE UNIQUE INDEX "Full Name" ON public.users (full_name)',
        'DROP INDEX public."Full Name"',
    ),
    "unique index on an expression": Hostile(
        "constraints",
        "CREATE UNIQUE INDEX users_email_unique_2 ON public.users (lower(email)) WHERE email > ''",
        "DROP INDEX public.users_email_unique_2",
    ),
    "exclusion constraint": Hostile(
        "constraints",
        "ALTER TABLE public.users ADD CONSTRAINT apart EXCLUDE USING btree (full_name WITH =)",
        "ALTER TABLE public.users DROP CONSTRAINT apart",
    ),
    "foreign key": Hostile(
        "constraints",
        """CREATE TABLE public.names (name text PRIMARY KEY);
        ALTER TABLE public.users ADD CONSTRAINT known FOREIGN KEY (full_name) REFERENCES public.names""",
        "ALTER TABLE public.users DROP CONSTRAINT known",
    ),
    "foreign key that follows an address": Hostile(
        "constraints",
        """CREATE TABLE public.letters (email text CONSTRAINT to_user REFERENCES public.users (email)
        ON UPDATE CASCADE)""",
        "ALTER TABLE public.letters DROP CONSTRAINT to_user",
    ),
}


@pytest.mark.parametrize("dry_run", ["1", "0"], ids=["dry run", "real run"])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_what_else_acts_on_the_tables_is_named_with_its_way_out(job: Job, hostile: Hostile, dry_run: str) -> None:
    job.sql(hostile.statements)
    before = job.rows()
    assert job.run(DRY_RUN=dry_run) == 5
    result, text = job.preflight(hostile.check)
    assert result == "failed"
    assert hostile.way_out in text
    assert "ENABLE  " not in text
    assert job.rows() == before
    assert job.sql("SELECT to_regnamespace('clerk_to_betterauth')") == [(None,)]


@pytest.mark.parametrize("name", [name for name in HOSTILE if "partition" not in name])
def test_after_the_named_statement_the_run_goes_through(job: Job, name: str) -> None:
    hostile = HOSTILE[name]
    job.sql(hostile.statements)
    job.sql(hostile.way_out)
    assert job.run() == 0


def test_nothing_is_upgraded_before_a_trigger_is_out_of_the_way(lobechat_1_url: str, job: Job) -> None:
    job.url = lobechat_1_url
    job.sql(AUDIT + "CREATE TRIGGER noting AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION public.note()")
    assert job.run(SCHEMA="upgrade") == 5
    assert job.sql("SELECT to_regclass('public.accounts')") == [(None,)]


@pytest.mark.parametrize(
    "statements",
    [
        "ALTER TABLE public.users DISABLE TRIGGER noting",
        "ALTER TABLE public.users ENABLE REPLICA TRIGGER noting",
        """DROP TRIGGER noting ON public.users;
        CREATE TRIGGER noting AFTER TRUNCATE ON public.users EXECUTE FUNCTION public.note()""",
    ],
    ids=["disabled", "for replication alone", "for TRUNCATE alone"],
)
def test_a_trigger_that_does_not_fire_is_nobodys_business(job: Job, statements: str) -> None:
    job.sql(HOSTILE["after trigger"].statements)
    job.sql(statements)
    assert job.run() == 0


def test_what_lobechat_has_under_another_name_and_plain_indexes_pass(job: Job) -> None:
    job.sql("ALTER TABLE public.users RENAME CONSTRAINT users_email_unique TO users_email_key")
    job.sql("CREATE UNIQUE INDEX again ON public.users (normalized_email)")
    job.sql("CREATE INDEX ON public.users (full_name)")
    assert job.run() == 0
    assert job.preflight("constraints")[0] == "passed"


def test_in_a_lobechat_newer_than_every_known_one_constraints_may_be_its_own(job: Job) -> None:
    job.sql("ALTER TABLE public.accounts ADD COLUMN issuer text")
    job.sql("ALTER TABLE public.accounts ADD CONSTRAINT of_a_later_release UNIQUE (issuer, account_id)")
    job.sql("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('of a later release', 4102444800000)")
    assert job.run() == 0
    result, text = job.preflight("constraints")
    assert (result, "of_a_later_release" in text) == ("warning", True)


class TestAcceptedWrites:
    @pytest.mark.parametrize("dry_run", ["1", "0"], ids=["dry run", "real run"])
    def test_a_trigger_that_names_an_accepted_table_is_accepted(self, job: Job, dry_run: str) -> None:
        job.sql(HOSTILE["after trigger"].statements)
        assert job.run(DRY_RUN=dry_run, ACCEPT_WRITES="public.audit") == 0
        assert job.preflight("triggers")[0] == "passed"

    def test_one_that_names_it_and_writes_elsewhere_too_is_stopped_by_the_guard(self, job: Job) -> None:
        job.sql("CREATE TABLE public.other ()")
        job.sql(AUDIT.replace("RETURN NULL", "INSERT INTO public.other DEFAULT VALUES; RETURN NULL"))
        job.sql("CREATE TRIGGER noting AFTER UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.note()")
        before = job.rows()
        assert job.run(ACCEPT_WRITES="public.audit") == 5
        assert job.rows() == before

    @pytest.mark.parametrize("tables", ["public.other", "public.aud", "history.users"])
    def test_a_trigger_that_names_another_is_not(self, job: Job, tables: str) -> None:
        job.sql(HOSTILE["after trigger"].statements)
        assert job.run(DRY_RUN="1", ACCEPT_WRITES=tables) == 5

    def test_a_trigger_before_the_write_is_not(self, job: Job) -> None:
        """It may change the very row that the job writes."""
        job.sql(AUDIT + "CREATE TRIGGER n BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.note()")
        assert job.run(DRY_RUN="1", ACCEPT_WRITES="public.audit") == 5

    def test_one_that_writes_to_users_is_not_taken_for_one_that_writes_to_their_history(self, job: Job) -> None:
        job.sql("""
            CREATE FUNCTION public.promote() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN UPDATE users SET role = 'admin'; RETURN NULL; END$$;
            CREATE TRIGGER t AFTER INSERT ON public.users FOR EACH ROW EXECUTE FUNCTION public.promote()""")
        assert job.run(DRY_RUN="1", ACCEPT_WRITES="history.users") == 5


def test_an_index_that_is_dropped_while_the_checks_look_is_in_nobodys_way(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checks see one state, in which it is still there, but PostgreSQL has no definition of it any more."""
    job.sql("CREATE UNIQUE INDEX passing ON users (first_name, id)")

    def drop_and_find(*args: Any, **values: Any) -> Any:
        job.sql("DROP INDEX passing")
        return find(*args, **values)

    monkeypatch.setattr("job.preflight.constraints.find", drop_and_find)
    assert job.run(STAGES="check") == 0
