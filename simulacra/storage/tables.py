"""Every table of the database.

Large documents are JSON in text columns that stand last, so that listings never read them. Texts
that come back again and again (prompt messages, shown questions, schemas, recalled memories) are
stored once in ``texts`` under their hash. Times are seconds since 1970, UTC. In ``calls`` the
number of a reply that a cell does not have is that of an asking that failed.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

HEAD = "0009"
"""The migration that makes exactly these tables; a test holds it to the newest script."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _where(condition: str) -> dict[str, Any]:
    """The options of an index over some rows only."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


personas = Table(
    "personas",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("gender", String, nullable=False),
    Column("age", Integer, nullable=False),
    Column("source", String, nullable=False),
    Column("story_words", Integer, nullable=False),
    Column("memories", Integer, nullable=False),
    Column("hash", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("document", Text, nullable=False),
)

memories = Table(
    "memories",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("memory_id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("document", Text, nullable=False),
    ForeignKeyConstraint(["persona_id", "version"], ["personas.id", "personas.version"]),
)

texts = Table(
    "texts",
    metadata,
    Column("hash", String, primary_key=True),
    Column("document", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("status", String, nullable=False),
    Column("note", Text, nullable=False, server_default=text("''")),
    Column("created", Float, nullable=False),
    Column("cells", Integer, nullable=False),
    Column("done", Integer, nullable=False, server_default=text("0")),
    Column("missing", Integer, nullable=False, server_default=text("0")),
    Column("calls", Integer, nullable=False, server_default=text("0")),
    Column("tokens", BigInteger, nullable=False, server_default=text("0")),
    Column("cost", Float, nullable=False, server_default=text("0")),
    Column("spec", Text, nullable=False),
    Column("failed", Integer, nullable=False, server_default=text("0")),
    Column("failures_in_row", Integer, nullable=False, server_default=text("0")),
    Column("round", Integer, nullable=False, server_default=text("0")),
)
"""``round`` counts the times that work on it began; a technical failure is tried once in each."""

interviews = Table(
    "interviews",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("persona_id", String, nullable=False),
    Column("persona_version", Integer, nullable=False),
    Column("replicate", Integer, nullable=False),
    Column("condition", String, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("due", Integer, server_default=text("1")),
    Column("leases", Integer, nullable=False, server_default=text("0")),
    Column("worker", String),
    ForeignKeyConstraint(["run_id"], ["runs.id"]),
    Index(None, "run_id", "position", unique=True),
    Index(None, "run_id", "due", "position", **_where("due IS NOT NULL")),
    Index(None, "run_id", "worker", **_where("worker IS NOT NULL")),
)
"""``due`` is the round in which an interview is to be gone through, NULL where nothing is left to
ask; ``worker`` holds it while its row in ``workers`` lives; ``leases`` counts who ever did.
"""

workers = Table(
    "workers",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("claim", String, primary_key=True),
    Column("joined", Float, nullable=False),
    Column("heartbeat", Float, nullable=False),
    Column("answers", Integer, nullable=False, server_default=text("0")),
    Column("rate", Float, nullable=False, server_default=text("0")),
    ForeignKeyConstraint(["run_id"], ["runs.id"]),
)
"""Processes at work on runs; ``rate`` in answers per second, as the worker last measured it."""

answers = Table(
    "answers",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("interview_id", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("item_id", String, nullable=False),
    Column("missing", Integer),
    Column("seed", BigInteger, nullable=False),
    Column("temperature", Float, nullable=False),
    Column("question", String, nullable=False),
    Column("response", Text, nullable=False),
    Column("replies", Text, nullable=False),
    Column("answered_at", Float),
    Column("recall_seconds", Float, nullable=False, server_default=text("0")),
    Column("sequence", Integer),
    ForeignKeyConstraint(["run_id", "interview_id"], ["interviews.run_id", "interviews.id"]),
    Index(None, "run_id", "missing", **_where("missing IS NOT NULL")),
)

calls = Table(
    "calls",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("interview_id", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("reply", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("agent", String, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("tokens_cached", Integer, nullable=False),
    Column("latency", Float, nullable=False),
    Column("cost", Float, nullable=False),
    Column("document", Text, nullable=False),
    ForeignKeyConstraint(
        ["run_id", "interview_id", "position", "attempt"],
        ["answers.run_id", "answers.interview_id", "answers.position", "answers.attempt"],
    ),
)

abandoned_calls = Table(
    "abandoned_calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", String, nullable=False),
    Column("interview_id", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("item_id", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("tokens_cached", Integer, nullable=False),
    Column("latency", Float, nullable=False),
    Column("cost", Float, nullable=False),
    Column("document", Text, nullable=False),
    ForeignKeyConstraint(["run_id", "interview_id"], ["interviews.run_id", "interviews.id"]),
    Index(None, "run_id"),
)
"""Calls that came back for a cell which was then given up; the cell has no row."""

conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("persona_id", String, nullable=False),
    Column("persona_version", Integer, nullable=False),
    Column("method", String, nullable=False),
    Column("model", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("mode", String, nullable=False, server_default=text("'full'")),
    Column("without", String, nullable=False, server_default=text("''")),
    Column("parent", String),
    Column("branched_at", Integer, nullable=False, server_default=text("0")),
)
"""A branch shares the first ``branched_at`` turns of its parent; its own ones follow."""

turns = Table(
    "turns",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("created", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("reply", Text, nullable=False),
    ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
)

turns_set_aside = Table(
    "turns_set_aside",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("reason", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("reply", Text, nullable=False),
    ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
    Index(None, "conversation_id"),
)
"""Replies that another one replaced, and what was bought for replies that never came."""

learned = Table(
    "learned",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("stream", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("document", Text, nullable=False),
)
"""Ids are made of what was said, so two runs of one study have the same ones in their streams."""

learning_steps = Table(
    "learning_steps",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("stream", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("source", String, nullable=False),
    Column("upto", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Index(None, "source"),
)
"""What was gone through already: turns of ``source`` before ``upto``."""

learning_claims = Table(
    "learning_claims",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("stream", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("heartbeat", Float, nullable=False),
)
"""Who is at a step that is not stored yet."""

learning_calls = Table(
    "learning_calls",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("stream", String, nullable=False),
    Column("source", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("agent", String, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("tokens_cached", Integer, nullable=False),
    Column("latency", Float, nullable=False),
    Column("cost", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "source"),
)

authoring_calls = Table(
    "authoring_calls",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("stage", String, nullable=False),
    Column("part", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("agent", String, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("tokens_cached", Integer, nullable=False),
    Column("latency", Float, nullable=False),
    Column("cost", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("document", Text, nullable=False),
)

authoring_works = Table(
    "authoring_works",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created", Float, nullable=False),
    Column("status", String, nullable=False),
    Column("product", String),
    Column("settings", Text, nullable=False),
)

authoring_products = Table(
    "authoring_products",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("hash", String, primary_key=True),
    Column("stage", String, nullable=False),
    Column("part", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("document", Text, nullable=False),
)

authoring_reviews = Table(
    "authoring_reviews",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created", Float, nullable=False),
    Column("stage", String, nullable=False),
    Column("part", String, nullable=False),
    Column("product", String, nullable=False),
    Column("decision", String, nullable=False),
    Column("reviewer", String, nullable=False),
    Column("replacement", String),
    Column("reason", Text, nullable=False),
)

selections = Table(
    "selections",
    metadata,
    Column("id", String, primary_key=True),
    Column("created", Float, nullable=False),
    Column("spec", Text, nullable=False),
)

selection_scores = Table(
    "selection_scores",
    metadata,
    Column("selection_id", String, primary_key=True),
    Column("persona_id", String, primary_key=True),
    Column("created", Float, nullable=False),
    Column("coherence", Integer),
    Column("distinctness", Integer),
    Column("contradictions", Text, nullable=False),
    Column("note", Text, nullable=False),
    ForeignKeyConstraint(["selection_id"], ["selections.id"]),
)

selection_overrides = Table(
    "selection_overrides",
    metadata,
    Column("selection_id", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created", Float, nullable=False),
    Column("persona_id", String, nullable=False),
    Column("decision", String, nullable=False),
    Column("reviewer", String, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["selection_id"], ["selections.id"]),
)

persona_changes = Table(
    "persona_changes",
    metadata,
    Column("persona_id", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("base", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("editor", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("document", Text, nullable=False),
    ForeignKeyConstraint(["persona_id", "version"], ["personas.id", "personas.version"]),
)
