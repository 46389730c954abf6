"""LobeChat's migration 0007_fix_embedding_table."""

from alembic import op

from schema.types import not_offered

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # The constraint allows one row for each chunk: any one of them stays, as with LobeChat.  LobeChat itself deletes
    # all rows and puts one for each chunk back, and one for all without a chunk; so every query loses its link to its
    # embedding.  Here rows without a chunk stay, and so do the links to rows that stay.
    op.execute("""
        DELETE FROM public.embeddings WHERE id IN (
            SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY chunk_id) AS copy FROM public.embeddings
                            WHERE chunk_id IS NOT NULL) AS numbered
            WHERE copy > 1)
    """)
    op.create_unique_constraint("embeddings_chunk_id_unique", "embeddings", ["chunk_id"])


downgrade = not_offered
