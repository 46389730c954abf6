"""The database as such: its encoding, its settings, its event triggers, and what the job's role may do there."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from sandbox.postgres import Postgres
from tests.support.job import Job, with_user

ROLE = "preflight_role"


@pytest.fixture
def name(job: Job) -> str:
    """The database's name."""
    return urlsplit(job.url).path[1:]


@pytest.fixture
def as_role(job: Job, name: str, server: Postgres) -> Iterator[Job]:
    """The job as a role that owns nothing and has the least privileges; `job` is the owner."""
    job.sql(f"""
        CREATE ROLE {ROLE} LOGIN PASSWORD 'secret-of-the-role';
        GRANT CREATE, TEMPORARY ON DATABASE {name} TO {ROLE};
        REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC;
        GRANT USAGE ON SCHEMA public, drizzle TO {ROLE};
        GRANT SELECT ON ALL TABLES IN SCHEMA public, drizzle TO {ROLE};
        GRANT INSERT, UPDATE, DELETE ON public.users, public.accounts, public.two_factor TO {ROLE}""")
    yield Job(with_user(job.url, ROLE, "secret-of-the-role"), job.folder)
    server.execute(f"DROP OWNED BY {ROLE}", name)
    server.execute(f"DROP ROLE {ROLE}")


def both(job: Job, **settings: str) -> list[int]:
    """The exit codes of a dry run and a real one."""
    return [job.run(DRY_RUN=dry_run, **settings) for dry_run in ("1", "0")]


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_is_not_utf8_is_refused(server: Postgres, job: Job, encoding: str) -> None:
    other = f"in_{encoding.lower()}"
    server.execute(f"CREATE DATABASE {other} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    try:
        job.url = server.url(other)
        assert both(job) == [5, 5]
        assert encoding in job.preflight("encoding")[1]
        assert job.preflight("encoding")[0] == "failed"
    finally:
        server.drop_database(other)


class TestReadOnly:
    def test_a_primary_that_is_set_to_read_only_is_told_apart_from_a_replica(
        self, job: Job, name: str, server: Postgres
    ) -> None:
        server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        assert both(job) == [5, 5]
        result, text = job.preflight("read_only")
        assert (result, "replica" in text) == ("failed", False)
        assert f"ALTER DATABASE {name} RESET default_transaction_read_only" in text
        server.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        assert job.run() == 0

    def test_it_is_told_once_and_not_as_an_event_trigger(self, job: Job, name: str, server: Postgres) -> None:
        job.sql(TestEventTriggers.FORBID.format(condition="false", using=""))
        server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        assert job.run() == 5
        failed = [one["name"] for one in job.report["preflight"] if one["result"] == "failed"]
        assert failed == ["read_only"]

    def test_a_role_that_is_set_to_read_only_is_named(self, as_role: Job, server: Postgres) -> None:
        server.execute(f"ALTER ROLE {ROLE} SET default_transaction_read_only = on")
        assert as_role.run() == 5
        assert f"ALTER ROLE {ROLE} RESET default_transaction_read_only" in as_role.preflight("read_only")[1]

    def test_the_doctor_only_warns(self, job: Job, name: str, server: Postgres) -> None:
        server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        assert job.run(STAGES="check") == 0
        assert job.preflight("read_only")[0] == "warning"

    def test_a_stage_without_the_check_says_the_same_of_a_primary(self, job: Job, name: str, server: Postgres) -> None:
        server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        assert job.run(STAGES="migrate") == 5
        assert "RESET default_transaction_read_only" in job.report["error"]["hint"]


class TestTrackCounts:
    @pytest.mark.parametrize(
        ("where", "way_out"),
        [
            ("DATABASE {name}", "ALTER DATABASE {name} RESET track_counts"),
            ("ROLE postgres", "ALTER ROLE postgres RESET track_counts"),
            ("ROLE postgres IN DATABASE {name}", "ALTER ROLE postgres IN DATABASE {name} RESET track_counts"),
        ],
        ids=["database", "role", "role in database"],
    )
    def test_a_server_that_does_not_count_is_refused_with_the_way_out(
        self, job: Job, name: str, server: Postgres, where: str, way_out: str
    ) -> None:
        server.execute(f"ALTER {where.format(name=name)} SET track_counts = off")
        try:
            assert both(job) == [5, 5]
            assert way_out.format(name=name) in job.preflight("track_counts")[1]
        finally:
            server.execute(way_out.format(name=name))
        assert job.run() == 0


class TestEventTriggers:
    FORBID = """
        CREATE FUNCTION public.forbid() RETURNS event_trigger LANGUAGE plpgsql AS
            $$BEGIN IF {condition} THEN RAISE EXCEPTION 'not here' {using}; END IF; END$$;
        CREATE EVENT TRIGGER "no DDL" ON ddl_command_start EXECUTE FUNCTION public.forbid()"""

    @pytest.mark.parametrize(
        ("condition", "using"),
        [
            ("true", ""),
            ("tg_tag = 'CREATE SCHEMA'", ""),
            ("tg_tag = 'CREATE INDEX'", "USING ERRCODE = 'insufficient_privilege'"),
            ("tg_tag = 'CREATE FUNCTION'", "USING ERRCODE = 'lock_not_available'"),
        ],
    )
    def test_one_that_forbids_what_the_job_does_is_refused(self, job: Job, condition: str, using: str) -> None:
        job.sql(self.FORBID.format(condition=condition, using=using))
        assert both(job) == [5, 5]
        result, text = job.preflight("event_triggers")
        assert result == "failed"
        assert 'ALTER EVENT TRIGGER "no DDL" DISABLE' in text
        job.sql('ALTER EVENT TRIGGER "no DDL" DISABLE')
        assert job.run() == 0

    def test_one_that_forbids_only_the_upgrade_is_refused_before_it(self, lobechat_1_url: str, job: Job) -> None:
        job.url = lobechat_1_url
        job.sql(self.FORBID.format(condition="tg_tag = 'ALTER TABLE'", using=""))
        assert both(job, SCHEMA="upgrade") == [5, 5]
        assert job.preflight("event_triggers")[0] == "failed"
        assert job.sql("SELECT to_regclass('public.accounts'), to_regclass('public.clerk_to_betterauth_probe')") == [
            (None, None)
        ]

    def test_the_innocent_one_beside_it_is_not_named(self, job: Job) -> None:
        job.sql("""
            CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RETURN; END$$;
            CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION public.watch()""")
        assert both(job) == [0, 0]
        job.sql("DROP SCHEMA clerk_to_betterauth CASCADE")
        job.sql(self.FORBID.format(condition="true", using=""))
        assert job.run() == 5
        assert "watching" not in job.preflight("event_triggers")[1]

    def test_a_try_leaves_nothing_behind(self, job: Job) -> None:
        job.sql(self.FORBID.format(condition="false", using=""))
        before = job.sql(
            "SELECT oid FROM pg_class UNION ALL SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1"
        )
        assert job.run(STAGES="check,migrate", DRY_RUN="1") == 0
        assert (
            job.sql(
                "SELECT oid FROM pg_class UNION ALL SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1"
            )
            == before
        )


class TestRowSecurity:
    @pytest.mark.parametrize(
        "policy", ["", "CREATE POLICY only_one ON public.users USING (id = 'user_1')"], ids=["none", "policy"]
    )
    def test_rows_that_the_role_cannot_see_are_not_taken_for_missing(self, job: Job, as_role: Job, policy: str) -> None:
        job.sql(f"ALTER TABLE public.users ENABLE ROW LEVEL SECURITY; {policy}")
        assert both(as_role) == [5, 5]
        assert "ALTER TABLE public.users DISABLE ROW LEVEL SECURITY" in as_role.preflight("row_security")[1]
        job.sql("ALTER TABLE public.users DISABLE ROW LEVEL SECURITY")
        assert as_role.run() == 0

    def test_it_does_not_hold_for_whoever_passes_it_by(self, job: Job) -> None:
        job.sql("ALTER TABLE public.users ENABLE ROW LEVEL SECURITY")
        assert job.run() == 0


class TestPrivileges:
    @pytest.mark.parametrize(
        "grant",
        [
            "INSERT ON public.accounts",
            "UPDATE ON public.users",
            "TEMPORARY ON DATABASE {name}",
            "CREATE ON DATABASE {name}",
        ],
    )
    def test_a_missing_privilege_is_named_in_the_dry_run_too(
        self, job: Job, as_role: Job, name: str, grant: str
    ) -> None:
        job.sql(f"REVOKE {grant.format(name=name)} FROM {ROLE}")
        assert both(as_role) == [5, 5]
        assert f"GRANT {grant.format(name=name)} TO {ROLE}" in as_role.preflight("privileges")[1]
        job.sql(f"GRANT {grant.format(name=name)} TO {ROLE}")
        assert as_role.run() == 0

    def test_a_role_without_any_privilege_hears_of_all_of_them_at_once(self, job: Job, name: str, as_role: Job) -> None:
        job.sql(f"""
            REVOKE CREATE, TEMPORARY ON DATABASE {name} FROM {ROLE};
            REVOKE ALL ON ALL TABLES IN SCHEMA public, drizzle FROM {ROLE}""")
        assert both(as_role) == [5, 5]
        (one,) = [one for one in as_role.report["preflight"] if one["name"] == "privileges"]
        assert len(one["details"]) == 11

    def test_columns_alone_are_enough(self, job: Job, as_role: Job) -> None:
        job.sql(f"""
            REVOKE INSERT ON public.accounts FROM {ROLE};
            GRANT INSERT (id, user_id, provider_id, account_id, scope, password, created_at, updated_at)
                ON public.accounts TO {ROLE}""")
        assert as_role.run() == 0

    def test_the_doctor_only_warns(self, job: Job, as_role: Job) -> None:
        job.sql(f"REVOKE UPDATE ON public.users FROM {ROLE}")
        assert as_role.run(STAGES="check") == 0
        assert as_role.preflight("privileges")[0] == "warning"


class TestLedgerOwner:
    @pytest.mark.parametrize("stages", ["check,migrate,verify", "migrate", "verify", "rollback", "cleanup", "check"])
    def test_another_roles_schema_is_refused_in_every_stage(self, job: Job, as_role: Job, stages: str) -> None:
        """A table there could carry a trigger of its owner's, which the job would run with its own rights."""
        assert as_role.run() == 0
        assert job.run(STAGES=stages) == 5
        assert "ledger belongs to another role" in job.report["error"]["message"]
        assert "ALTER SCHEMA clerk_to_betterauth OWNER TO postgres;" in job.report["error"]["details"][0]

    def test_the_statements_named_make_it_the_jobs_own(self, job: Job, as_role: Job) -> None:
        assert as_role.run() == 0
        assert job.run() == 5
        for detail in job.report["error"]["details"]:
            job.sql(detail.partition(": ")[2])
        assert job.run() == 0
        assert job.run(STAGES="rollback") == 0

    @pytest.mark.usefixtures("as_role")
    def test_one_table_of_another_role_is_refused(self, job: Job) -> None:
        assert job.run() == 0
        job.sql(f"ALTER TABLE clerk_to_betterauth.users OWNER TO {ROLE}")
        assert job.run() == 5


def test_a_target_that_lacks_what_the_job_writes_is_refused_before_the_upgrade(lobechat_1_url: str, job: Job) -> None:
    job.url = lobechat_1_url
    assert both(job, SCHEMA="upgrade", SCHEMA_TARGET="0050") == [4, 4]
    assert job.sql("SELECT to_regclass('public.accounts')") == [(None,)]
