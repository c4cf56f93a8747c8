"""Changes of people."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "persona_changes",
        sa.Column("persona_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("editor", sa.String(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id", "version"],
            ["personas.id", "personas.version"],
            name=op.f("fk_persona_changes_personas"),
        ),
        sa.PrimaryKeyConstraint("persona_id", "number", name=op.f("pk_persona_changes")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("persona_changes")
