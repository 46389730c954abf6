"""What the migrations do to rows, with rows in place."""

import hashlib

import pytest
from sqlalchemy.engine import Engine

from schema import LATEST
from schema.errors import NotLobeChatError
from tests.support.schema_databases import DatabaseAt, fetch, run_sql, upgrade

USERS = "INSERT INTO users (id, email) VALUES ('anna', 'anna@example.com'), ('bert', NULL)"

WORKSPACE = (
    "INSERT INTO workspaces (id, name, slug, primary_owner_id) VALUES ('w', 'W', 'w', 'anna'), ('w2', 'V', 'v', 'anna')"
)
TABLES_0079 = (
    *("rag_eval_datasets", "rag_eval_dataset_records", "rag_eval_evaluations", "rag_eval_evaluation_records"),
    *("rbac_roles", "rbac_permissions", "api_keys"),
)


def run(engine: Engine, revision: str) -> None:
    upgrade(engine, f"{int(revision) - 1:04d}", revision)


def test_0007_keeps_one_embedding_for_each_chunk(database_at: DatabaseAt) -> None:
    engine = database_at("0006")
    run_sql(
        engine,
        "INSERT INTO chunks (id, text) SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, n FROM"
        " generate_series(1, 3) n",
        "INSERT INTO embeddings (chunk_id, model) SELECT id, copy FROM chunks, generate_series(1, 3) copy"
        " WHERE text <> '3' OR copy = 1",
        "INSERT INTO embeddings (chunk_id, model) VALUES (NULL, 'loose'), (NULL, 'loose')",
    )
    run(engine, "0007")
    counts = fetch(engine, "SELECT text, count(*) FROM embeddings LEFT JOIN chunks c ON c.id = chunk_id GROUP BY 1")
    assert sorted(counts, key=str) == [("1", 1), ("2", 1), ("3", 1), (None, 2)]


def test_0007_keeps_more_than_lobechat_does(database_at: DatabaseAt) -> None:
    """LobeChat keeps one of the rows without a chunk, and no link of a query."""
    engine = database_at("0006")
    chunk, embedding = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
    run_sql(
        engine,
        USERS,
        "INSERT INTO messages (id, role, user_id) VALUES ('m', 'user', 'anna')",
        f"INSERT INTO chunks (id) VALUES ('{chunk}')",
        f"INSERT INTO embeddings (id, chunk_id) VALUES ('{embedding}', '{chunk}'), (gen_random_uuid(), NULL)",
        "INSERT INTO embeddings (chunk_id) VALUES (NULL)",
        f"INSERT INTO message_queries (message_id, embeddings_id) VALUES ('m', '{embedding}')",
    )
    run(engine, "0007")
    assert fetch(engine, "SELECT count(*) FROM embeddings") == [(3,)]
    assert fetch(engine, "SELECT embeddings_id::text FROM message_queries") == [(embedding,)]


def test_0008_numbers_datasets_from_30000(database_at: DatabaseAt) -> None:
    engine = database_at("0008")
    run_sql(engine, "INSERT INTO rag_eval_datasets (name) VALUES ('a'), ('b')")
    run_sql(engine, "INSERT INTO rag_eval_evaluations (name, dataset_id) SELECT 'e', min(id) FROM rag_eval_datasets")
    assert fetch(engine, "SELECT id FROM rag_eval_datasets ORDER BY id") == [(30000,), (30001,)]
    assert fetch(engine, "SELECT id FROM rag_eval_evaluations") == [(1,)]


def fill_0016(engine: Engine) -> None:
    chunk, query = "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"
    run_sql(
        engine,
        USERS,
        "INSERT INTO sessions (id, slug, user_id) VALUES ('s', 's', 'bert')",
        "INSERT INTO agents (id, user_id) VALUES ('a', 'bert')",
        "INSERT INTO messages (id, role, user_id) VALUES ('m', 'user', 'anna'), ('n', 'user', 'bert')",
        """INSERT INTO global_files (hash_id, file_type, size, url) VALUES
           ('shared', 't', 1, 'u'), ('orphan', 't', 1, 'u')""",
        """INSERT INTO files (id, user_id, file_type, name, size, url, file_hash, created_at) VALUES
           ('f', 'anna', 't', 'n', 1, 'u', 'shared', '2024-02-02'),
           ('g', 'bert', 't', 'n', 1, 'u', 'shared', '2024-01-01')""",
        "INSERT INTO knowledge_bases (id, name, user_id) VALUES ('k', 'k', 'bert')",
        f"INSERT INTO chunks (id) VALUES ({chunk})",
        "INSERT INTO knowledge_base_files (knowledge_base_id, file_id) VALUES ('k', 'f')",
        f"INSERT INTO message_chunks (message_id, chunk_id) VALUES ('m', {chunk})",
        f"INSERT INTO message_queries (id, message_id) VALUES ({query}, 'n')",
        f"INSERT INTO message_query_chunks (id, query_id, chunk_id) VALUES ('m', {query}, {chunk})",
        "INSERT INTO messages_files (file_id, message_id) VALUES ('g', 'm')",
        "INSERT INTO message_plugins (id) VALUES ('m')",
        "INSERT INTO message_tts (id) VALUES ('n')",
        "INSERT INTO message_translates (id) VALUES ('m')",
        "INSERT INTO agents_to_sessions (agent_id, session_id) VALUES ('a', 's')",
        f"INSERT INTO file_chunks (file_id, chunk_id) VALUES ('f', {chunk})",
        "INSERT INTO files_to_sessions (file_id, session_id) VALUES ('f', 's')",
    )


def test_0017_finds_the_owner_of_each_row(database_at: DatabaseAt) -> None:
    engine = database_at("0016")
    fill_0016(engine)
    run(engine, "0017")
    owners = {
        "knowledge_base_files": "bert",  # of the knowledge base, not of the file
        "message_chunks": "anna",
        "message_queries": "bert",
        "messages_files": "anna",  # of the message, not of the file
        "message_plugins": "anna",
        "message_tts": "bert",
        "message_translates": "anna",
        "message_query_chunks": "bert",  # of the query, not of the message
        "agents_to_sessions": "bert",
        "file_chunks": "anna",
        "files_to_sessions": "anna",  # of the file before the session
    }
    for table, owner in owners.items():
        assert fetch(engine, f"SELECT user_id FROM {table}") == [(owner,)], table


def test_0017_credits_global_files_to_the_earliest_file_and_drops_the_rest(database_at: DatabaseAt) -> None:
    engine = database_at("0016")
    fill_0016(engine)
    run(engine, "0017")
    assert fetch(engine, "SELECT hash_id, creator FROM global_files") == [("shared", "bert")]


def test_0023_removes_reasoning_effort_and_doubao(database_at: DatabaseAt) -> None:
    engine = database_at("0022")
    run_sql(
        engine,
        USERS,
        """INSERT INTO agents (id, user_id, chat_config, params) VALUES
           ('on', 'anna', '{"enableReasoningEffort": true, "other": 1}', '{"reasoning_effort": "high", "top_p": 1}'),
           ('text', 'anna', '{"enableReasoningEffort": "true"}', '{}'),
           ('off', 'anna', '{"enableReasoningEffort": false}', '{"top_p": 1}'),
           ('none', 'anna', NULL, NULL)""",
        "INSERT INTO ai_providers (id, user_id) VALUES ('doubao', 'anna'), ('openai', 'anna')",
    )
    run(engine, "0023")
    assert fetch(engine, "SELECT id, chat_config, params FROM agents ORDER BY id") == [
        ("none", None, None),
        ("off", {"enableReasoningEffort": False}, {"top_p": 1}),
        ("on", {"enableReasoningEffort": False, "other": 1}, {"top_p": 1}),
        ("text", {"enableReasoningEffort": False}, {}),
    ]
    assert fetch(engine, "SELECT id FROM ai_providers") == [("openai",)]


def test_0031_cuts_titles_and_descriptions(database_at: DatabaseAt) -> None:
    engine = database_at("0030")
    run_sql(
        engine,
        USERS,
        """INSERT INTO agents (id, user_id, title, description) VALUES
           ('long', 'anna', repeat('é', 201), repeat('d', 9000)), ('short', 'anna', repeat('t', 200), NULL)""",
    )
    run(engine, "0031")
    assert fetch(engine, "SELECT id, title, description FROM agents ORDER BY id") == [
        ("long", "é" * 200, "d" * 300),
        ("short", "t" * 200, None),
    ]


def test_0054_turns_empty_emails_into_null(database_at: DatabaseAt) -> None:
    engine = database_at("0053")
    run_sql(engine, USERS, "INSERT INTO users (id, email) VALUES ('c', ''), ('d', '')")
    run(engine, "0054")
    assert fetch(engine, "SELECT id, email, two_factor_enabled FROM users ORDER BY id") == [
        ("anna", "anna@example.com", False),
        ("bert", None, False),
        ("c", None, False),
        ("d", None, False),
    ]


def test_0076_to_0085_turn_numbers_into_their_text_and_keep_every_link(database_at: DatabaseAt) -> None:
    engine = database_at("0075")
    run_sql(
        engine,
        USERS,
        "INSERT INTO rag_eval_datasets (id, name) OVERRIDING SYSTEM VALUE VALUES (30007, 'd')",
        "INSERT INTO rag_eval_dataset_records (dataset_id, question) VALUES (30007, 'q')",
        "INSERT INTO rag_eval_evaluations (dataset_id, name) VALUES (30007, 'e')",
        """INSERT INTO rag_eval_evaluation_records (dataset_record_id, evaluation_id, question)
           SELECT r.id, e.id, 'q' FROM rag_eval_dataset_records r, rag_eval_evaluations e""",
        "INSERT INTO rbac_roles (name, display_name) VALUES ('r', 'R')",
        "INSERT INTO rbac_permissions (code, name, category) VALUES ('c', 'C', 'x')",
        """INSERT INTO rbac_role_permissions (role_id, permission_id)
           SELECT r.id, p.id FROM rbac_roles r, rbac_permissions p""",
        "INSERT INTO rbac_user_roles (user_id, role_id) SELECT 'anna', id FROM rbac_roles",
        "INSERT INTO api_keys (name, key, user_id) VALUES ('k', 'sk', 'anna')",
    )
    upgrade(engine, "0075", "0079")
    for table in TABLES_0079:
        assert fetch(engine, f"SELECT count(*) FILTER (WHERE id_nanoid = id::text), count(*) FROM {table}") == [(1, 1)]
    upgrade(engine, "0079", "0085")
    assert fetch(engine, "SELECT id FROM rag_eval_datasets") == [("30007",)]
    links = """
        SELECT d.name, e.name, u.user_id, p.code FROM rag_eval_evaluation_records x
        JOIN rag_eval_dataset_records r ON r.id = x.dataset_record_id JOIN rag_eval_datasets d ON d.id = r.dataset_id
        JOIN rag_eval_evaluations e ON e.id = x.evaluation_id AND e.dataset_id = d.id
        CROSS JOIN rbac_user_roles u JOIN rbac_role_permissions g USING (role_id)
        JOIN rbac_permissions p ON p.id = g.permission_id"""
    assert fetch(engine, links) == [("d", "e", "anna", "c")]


def test_0109_gives_every_role_of_a_user_an_id_of_its_own(database_at: DatabaseAt) -> None:
    engine = database_at("0108")
    run_sql(
        engine,
        USERS,
        "INSERT INTO rbac_roles (id, name, display_name) VALUES ('r', 'r', 'R')",
        "INSERT INTO rbac_user_roles (user_id, role_id) VALUES ('anna', 'r'), ('bert', 'r')",
    )
    run(engine, "0109")
    assert fetch(engine, "SELECT count(DISTINCT id), count(*) FROM rbac_user_roles") == [(2, 2)]


def test_0110_and_0111_give_every_provider_and_model_an_id_of_its_own(database_at: DatabaseAt) -> None:
    engine = database_at("0109")
    run_sql(
        engine,
        USERS,
        "INSERT INTO ai_providers (id, user_id) VALUES ('openai', 'anna'), ('openai', 'bert')",
        "INSERT INTO ai_models (id, provider_id, user_id) VALUES ('m', 'openai', 'anna'), ('m', 'openai', 'bert')",
    )
    run(engine, "0110")
    for table in ("ai_providers", "ai_models"):
        assert fetch(engine, f"SELECT count(DISTINCT _id), count(*) FROM {table}") == [(2, 2)]
        run_sql(engine, f"UPDATE {table} SET _id = NULL WHERE user_id = 'bert'")  # LobeChat may still write none
    ids = fetch(engine, "SELECT _id FROM ai_models WHERE user_id = 'anna'")
    run(engine, "0111")
    assert fetch(engine, "SELECT _id FROM ai_models WHERE user_id = 'anna'") == ids
    for table in ("ai_providers", "ai_models"):
        assert fetch(engine, f"SELECT count(DISTINCT _id), count(*) FROM {table}") == [(2, 2)]


def test_0117_shows_the_devices_of_a_workspace_to_it(database_at: DatabaseAt) -> None:
    engine = database_at("0116")
    run_sql(
        engine,
        USERS,
        WORKSPACE,
        """INSERT INTO devices (device_id, user_id, workspace_id, identity_source)
           VALUES ('shared', 'anna', 'w', 's'), ('own', 'anna', NULL, 's')""",
    )
    run(engine, "0117")
    assert fetch(engine, "SELECT device_id, visibility FROM devices ORDER BY 1") == [
        ("own", "private"),
        ("shared", "public"),
    ]


def test_0122_hides_what_belongs_to_a_workspace(database_at: DatabaseAt) -> None:
    engine = database_at("0121")
    run_sql(engine, USERS, WORKSPACE)
    for table in ("acceptances", "verify_runs"):
        needed = _needed_columns(engine, table)
        for workspace in ("'w'", "NULL"):
            names = ", ".join(["user_id", "workspace_id", *needed])
            values = ", ".join(["'anna'", workspace, *needed.values()])
            run_sql(engine, f"INSERT INTO {table} ({names}) VALUES ({values})")
    run(engine, "0122")
    for table in ("acceptances", "verify_runs"):
        assert fetch(engine, f"SELECT workspace_id, visibility FROM {table} ORDER BY 1") == [
            ("w", "private"),
            (None, "public"),
        ]


def _needed_columns(engine: Engine, table: str) -> dict[str, str]:
    """Columns without a default that must be filled, beside the owner: each with a text."""
    rows = fetch(
        engine,
        f"""SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND attnotnull
            AND NOT atthasdef AND attname NOT IN ('user_id', 'workspace_id')""",
    )
    return {str(name): "gen_random_uuid()::text" for (name,) in rows}


def test_0127_adds_permissions_for_topic_comments_and_grants_them_to_system_roles(database_at: DatabaseAt) -> None:
    engine = database_at("0126")
    run_sql(
        engine,
        USERS,
        WORKSPACE,
        """INSERT INTO rbac_roles (id, name, display_name, is_system, workspace_id) VALUES
           ('owner', 'workspace_owner', '', true, 'w'), ('member', 'workspace_member', '', true, 'w'),
           ('viewer', 'workspace_viewer', '', true, 'w'), ('admin', 'super_admin', '', false, NULL),
           ('custom', 'workspace_owner_2', '', false, 'w'), ('fake', 'workspace_owner', '', false, 'w2')""",
        "INSERT INTO rbac_permissions (id, code, name, category) VALUES ('mine', 'topic_comment:read:all', 'n', 'c')",
    )
    run(engine, "0127")
    codes = {f"topic_comment:{action}:all" for action in ("read", "create", "update", "delete", "restore")}
    own = {f"topic_comment:{action}:owner" for action in ("create", "update", "delete")}
    rows = fetch(engine, "SELECT code, id, category FROM rbac_permissions")
    assert {code for code, _, _ in rows} == codes | own
    for code, key, category in rows:
        expected = hashlib.md5(f"topic-comment-rbac:{code}".encode()).hexdigest()[:16]
        assert (key, category) == (("mine", "c") if code == "topic_comment:read:all" else (expected, "topic_comment"))
    granted: dict[object, set[object]] = {}
    for role, code in fetch(
        engine, "SELECT role_id, code FROM rbac_role_permissions JOIN rbac_permissions p ON p.id = permission_id"
    ):
        granted.setdefault(role, set()).add(code)
    assert granted == {
        "owner": codes,
        "admin": codes,
        "member": own | {"topic_comment:read:all"},
        "viewer": {"topic_comment:read:all"},
    }


def test_0127_refuses_a_table_of_another_form(database_at: DatabaseAt) -> None:
    engine = database_at("0126")
    run_sql(engine, "CREATE TABLE topic_comments (id text PRIMARY KEY, body text)")
    with pytest.raises(NotLobeChatError):
        run(engine, "0127")
    assert fetch(engine, "SELECT count(*) FROM rbac_permissions") == [(0,)]


def test_rows_survive_the_way_from_the_first_revision_to_the_last(database_at: DatabaseAt) -> None:
    engine = database_at("0000")
    run_sql(
        engine,
        USERS,
        "INSERT INTO sessions (id, slug, user_id) VALUES ('s', 's', 'anna')",
        "INSERT INTO topics (id, user_id, session_id) VALUES ('t', 'anna', 's')",
        "INSERT INTO messages (id, role, content, user_id, topic_id) VALUES ('m', 'user', 'hello', 'anna', 't')",
        "INSERT INTO files (id, user_id, file_type, name, size, url) VALUES ('f', 'anna', 't', 'n', 1, 'u')",
        "INSERT INTO files_to_messages VALUES ('f', 'm')",
    )
    upgrade(engine, "0000", LATEST)
    assert fetch(engine, "SELECT id, role, content, topic_id FROM messages") == [("m", "user", "hello", "t")]
    assert fetch(engine, "SELECT file_id, message_id, user_id FROM messages_files") == [("f", "m", "anna")]
