"""Calls of answers that were given up; when a cell was answered, and how long recalling took."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("answers", sa.Column("answered_at", sa.Float(), nullable=True))
    op.add_column(
        "answers",
        sa.Column("recall_seconds", sa.Float(), server_default=sa.text("0"), nullable=False),
    )
    op.create_table(
        "abandoned_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("interview_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("tokens_cached", sa.Integer(), nullable=False),
        sa.Column("latency", sa.Float(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "interview_id"],
            ["interviews.run_id", "interviews.id"],
            name=op.f("fk_abandoned_calls_interviews"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abandoned_calls")),
    )
    op.create_index(op.f("ix_abandoned_calls_run_id"), "abandoned_calls", ["run_id"])
