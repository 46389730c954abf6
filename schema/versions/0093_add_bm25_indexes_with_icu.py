"""LobeChat's migration 0093_add_bm25_indexes_with_icu: full-text indexes, which C2B_PG_SEARCH=skip goes past."""

import json
from typing import Any

from alembic import op

from schema.types import not_offered

revision = "0093"
down_revision = "0092"

Field = dict[str, Any]

NAME: Field = {"tokenizer": {"type": "icu"}}
PROSE: Field = {"tokenizer": {"type": "icu", "stemmer": "English", "stopwords_language": "English"}}
WORD: Field = {"fast": True, "tokenizer": {"type": "keyword"}}

# The fields of each table's index, beside its key `id`.
FIELDS: dict[str, dict[str, Field]] = {
    "agents": {
        "title": PROSE,
        "description": PROSE,
        "slug": NAME,
        "tags": NAME,
        "system_role": PROSE,
        "user_id": WORD,
    },
    "chat_groups": {"title": PROSE, "description": PROSE, "content": PROSE, "user_id": WORD},
    "documents": {
        "title": PROSE,
        "description": PROSE,
        "content": PROSE,
        "slug": NAME,
        "user_id": WORD,
        "file_type": WORD,
        "source_type": WORD,
    },
    "files": {"name": NAME, "user_id": WORD, "file_type": WORD},
    "knowledge_bases": {"name": NAME, "description": PROSE, "user_id": WORD},
    "messages": {"content": PROSE, "summary": PROSE, "user_id": WORD, "role": WORD},
    "topics": {"title": PROSE, "content": PROSE, "description": PROSE, "user_id": WORD},
    "user_memories": {
        "title": PROSE,
        "summary": PROSE,
        "details": PROSE,
        "memory_layer": WORD,
        "memory_category": WORD,
        "status": WORD,
        "user_id": WORD,
    },
    "user_memories_activities": {
        "notes": PROSE,
        "narrative": PROSE,
        "feedback": PROSE,
        "type": WORD,
        "status": WORD,
        "user_id": WORD,
    },
    "user_memories_contexts": {
        "title": PROSE,
        "description": PROSE,
        "current_status": PROSE,
        "type": WORD,
        "user_id": WORD,
    },
    "user_memories_experiences": {
        "situation": PROSE,
        "reasoning": PROSE,
        "possible_outcome": PROSE,
        "action": PROSE,
        "key_learning": PROSE,
        "type": WORD,
        "user_id": WORD,
    },
    "user_memories_identities": {
        "description": PROSE,
        "role": PROSE,
        "type": WORD,
        "relationship": WORD,
        "user_id": WORD,
    },
    "user_memories_preferences": {
        "conclusion_directives": PROSE,
        "suggestions": PROSE,
        "type": WORD,
        "user_id": WORD,
    },
    "user_memory_persona_documents": {"tagline": PROSE, "persona": PROSE, "user_id": WORD},
}
JSON_FIELDS = {"tags"}


def upgrade() -> None:
    for table, fields in FIELDS.items():
        texts = {name: field for name, field in fields.items() if name not in JSON_FIELDS}
        jsons = {name: field for name, field in fields.items() if name in JSON_FIELDS}
        options = {"key_field": "'id'", "text_fields": f"'{json.dumps(texts)}'"}
        op.create_index(
            f"{table}_bm25_idx",
            table,
            ["id", *fields],
            postgresql_using="bm25",
            postgresql_with=options | ({"json_fields": f"'{json.dumps(jsons)}'"} if jsons else {}),
        )


downgrade = not_offered
