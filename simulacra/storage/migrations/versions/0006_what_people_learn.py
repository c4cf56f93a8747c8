"""What people learn from conversations; branches, replaced replies, and how a chat is answered."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("conversations") as batch:
        for name, kind, default in (
            ("mode", sa.String(), "'full'"),
            ("without", sa.String(), "''"),
            ("branched_at", sa.Integer(), "0"),
        ):
            column = sa.Column(name, kind, nullable=False, server_default=sa.text(default))
            batch.add_column(column)
        batch.add_column(sa.Column("parent", sa.String(), nullable=True))
    op.create_table(
        "turns_set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_turns_set_aside_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns_set_aside")),
    )
    op.create_index(
        op.f("ix_turns_set_aside_conversation_id"), "turns_set_aside", ["conversation_id"]
    )
    op.create_table(
        "learned",
        sa.Column("persona_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("persona_id", "id", name=op.f("pk_learned")),
    )
    op.create_index(op.f("ix_learned_persona_id_stream"), "learned", ["persona_id", "stream"])
    op.create_table(
        "learning_steps",
        sa.Column("persona_id", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("persona_id", "stream", "key", name=op.f("pk_learning_steps")),
    )
    op.create_index(op.f("ix_learning_steps_source"), "learning_steps", ["source"])
    op.create_table(
        "learning_calls",
        sa.Column("persona_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("tokens_cached", sa.Integer(), nullable=False),
        sa.Column("latency", sa.Float(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("persona_id", "key", name=op.f("pk_learning_calls")),
    )
    op.create_index(op.f("ix_learning_calls_source"), "learning_calls", ["source"])


def downgrade() -> None:
    """Take back."""
    for name in ("learning_calls", "learning_steps", "learned", "turns_set_aside"):
        op.drop_table(name)
    with op.batch_alter_table("conversations") as batch:
        for name in ("branched_at", "parent", "without", "mode"):
            batch.drop_column(name)
