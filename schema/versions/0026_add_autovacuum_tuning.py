"""LobeChat's migration 0026_add_autovacuum_tuning."""

from alembic import op

from schema.types import not_offered

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE public.chunks SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)"
    )
    op.execute(
        "ALTER TABLE public.embeddings SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)"
    )


downgrade = not_offered
