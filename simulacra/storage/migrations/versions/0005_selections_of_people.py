"""Selections of people: scores and a person's word above them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "selections",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selections")),
    )
    op.create_table(
        "selection_scores",
        sa.Column("selection_id", sa.String(), nullable=False),
        sa.Column("persona_id", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("coherence", sa.Integer(), nullable=True),
        sa.Column("distinctness", sa.Integer(), nullable=True),
        sa.Column("contradictions", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_selection_scores_selections")
        ),
        sa.PrimaryKeyConstraint("selection_id", "persona_id", name=op.f("pk_selection_scores")),
    )
    op.create_table(
        "selection_overrides",
        sa.Column("selection_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("persona_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_selection_overrides_selections")
        ),
        sa.PrimaryKeyConstraint("selection_id", "number", name=op.f("pk_selection_overrides")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("selection_overrides")
    op.drop_table("selection_scores")
    op.drop_table("selections")
