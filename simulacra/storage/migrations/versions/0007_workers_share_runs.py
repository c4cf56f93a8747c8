"""Several processes share a run: who holds which interview, and counters in place of counting."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TECHNICAL = -94
_PARTIAL = (
    ("interviews", ("run_id", "due", "position"), "due IS NOT NULL"),
    ("interviews", ("run_id", "worker"), "worker IS NOT NULL"),
    ("answers", ("run_id", "missing"), "missing IS NOT NULL"),
)


def upgrade() -> None:
    """Apply."""
    for name in ("failed", "failures_in_row", "round"):
        op.add_column(
            "runs", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
    op.add_column("interviews", sa.Column("due", sa.Integer(), server_default=sa.text("1")))
    op.add_column(
        "interviews", sa.Column("leases", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("interviews", sa.Column("worker", sa.String()))
    # Not in batch mode: that makes the table anew, and others refer to it.
    for name in ("owner", "heartbeat"):
        op.drop_column("runs", name)
    op.create_table(
        "workers",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("joined", sa.Float(), nullable=False),
        sa.Column("heartbeat", sa.Float(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("rate", sa.Float(), nullable=False, server_default=sa.text("0")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_workers_runs")),
        sa.PrimaryKeyConstraint("run_id", "claim", name=op.f("pk_workers")),
    )
    for table, columns, condition in _PARTIAL:
        where = sa.text(condition)
        op.create_index(
            op.f(f"ix_{table}_{'_'.join(columns)}"),
            table,
            columns,
            sqlite_where=where,
            postgresql_where=where,
        )
    _count()


def _count() -> None:
    """The counters of runs that are there; each interview counts as held before."""
    latest = (
        "SELECT a.run_id, a.interview_id, a.position FROM answers AS a "
        f"WHERE a.missing = {TECHNICAL} AND NOT EXISTS (SELECT 1 FROM answers AS b "
        "WHERE b.run_id = a.run_id AND b.interview_id = a.interview_id "
        "AND b.position = a.position AND b.attempt > a.attempt)"
    )
    op.execute("UPDATE interviews SET leases = 1")
    op.execute(
        "UPDATE runs SET failed = "
        f"(SELECT count(*) FROM ({latest}) AS failures WHERE failures.run_id = runs.id)"
    )
    op.execute(
        "UPDATE interviews SET due = NULL WHERE run_id IN "
        "(SELECT id FROM runs WHERE status = 'done' AND failed = 0)"
    )


def downgrade() -> None:
    """Take back."""
    for table, columns, _ in reversed(_PARTIAL):
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table_name=table)
    op.drop_table("workers")
    for name in ("worker", "leases", "due"):
        op.drop_column("interviews", name)
    op.add_column("runs", sa.Column("owner", sa.String()))
    op.add_column("runs", sa.Column("heartbeat", sa.Float()))
    for name in ("round", "failures_in_row", "failed"):
        op.drop_column("runs", name)
