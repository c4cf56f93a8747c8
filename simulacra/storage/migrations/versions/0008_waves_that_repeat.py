"""What was learned is known by its stream, too; a step of learning is claimed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = "persona_id, stream, id, status, created, document"


def _rebuild(*key: str) -> None:
    """The table of what was learned with another primary key; its rows stay."""
    op.rename_table("learned", "learned_before")
    op.drop_index(op.f("ix_learned_persona_id_stream"), "learned_before", if_exists=True)
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE learned_before RENAME CONSTRAINT pk_learned TO pk_learned_before")
    op.create_table(
        "learned",
        sa.Column("persona_id", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_learned")),
    )
    op.execute(f"INSERT INTO learned ({_COLUMNS}) SELECT {_COLUMNS} FROM learned_before")
    op.drop_table("learned_before")


def upgrade() -> None:
    """Apply."""
    _rebuild("persona_id", "stream", "id")
    op.create_table(
        "learning_claims",
        sa.Column("persona_id", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("heartbeat", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("persona_id", "stream", "key", name=op.f("pk_learning_claims")),
    )


def downgrade() -> None:
    """Take back; of memories that two streams share under one id, this fails."""
    op.drop_table("learning_claims")
    _rebuild("persona_id", "id")
    op.create_index(op.f("ix_learned_persona_id_stream"), "learned", ["persona_id", "stream"])
