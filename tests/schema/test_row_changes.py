"""What the migrations do to rows: 0007, 0017, 0023, 0031 and 0054, with rows in place."""

from sqlalchemy.engine import Engine

from tests.schema.conftest import DatabaseAt, fetch, run_sql, upgrade

USERS = "INSERT INTO users (id, email) VALUES ('anna', 'anna@example.com'), ('bert', NULL)"


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
    upgrade(engine, "0000", "0075")
    assert fetch(engine, "SELECT id, role, content, topic_id FROM messages") == [("m", "user", "hello", "t")]
    assert fetch(engine, "SELECT * FROM messages_files") == [("f", "m", "anna")]
