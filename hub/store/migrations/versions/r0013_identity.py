"""Who is who: the crosswalk, redirects, successions and reviews; corrections; the quality board."""

import sqlalchemy as sa
from alembic import op

revision = "r0013"
down_revision = "r0012"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_identity()
    _create_corrections()
    _create_quality()


def _create_identity() -> None:
    op.create_table(
        "crosswalk",
        sa.Column("department", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("local_key", sa.LargeBinary, nullable=False),
        sa.Column("entity", sa.String(32), nullable=False),
        sa.Column("anchor", sa.LargeBinary, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("confidence", sa.Integer, nullable=False),
        sa.Column("evidence", sa.LargeBinary, nullable=False),
        sa.Column("decided_by", sa.String(32), nullable=False),
        sa.Column("confirmed_by", sa.String(32)),
        sa.Column("decided_at", _NUMBER, nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
    )
    op.create_index("crosswalk_by_entity", "crosswalk", ["entity"])
    op.create_table(
        "crosswalk_steps",
        sa.Column("department", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("local_key", sa.LargeBinary, nullable=False),
        sa.Column("entity", sa.String(32), nullable=False),
        sa.Column("anchor", sa.LargeBinary, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("confidence", sa.Integer, nullable=False),
        sa.Column("evidence", sa.LargeBinary, nullable=False),
        sa.Column("decided_by", sa.String(32), nullable=False),
        sa.Column("confirmed_by", sa.String(32)),
        sa.Column("decided_at", _NUMBER, nullable=False),
        sa.Column("origin", sa.String(32), nullable=False),
        sa.Column("stepped_at", _NUMBER, nullable=False),
    )
    op.create_index("crosswalk_steps_by_entity", "crosswalk_steps", ["entity"])
    op.create_table(
        "redirects",
        sa.Column("entity", sa.String(32), primary_key=True),
        sa.Column("anchor", sa.LargeBinary, nullable=False),
        sa.Column("successor", sa.String(32), nullable=False),
        sa.Column("successor_anchor", sa.LargeBinary, nullable=False),
        sa.Column("succession", sa.String(32), nullable=False),
    )
    op.create_index("redirects_by_successor", "redirects", ["successor"])
    op.create_table(
        "successions",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("effective_on", sa.String(10), nullable=False),
        sa.Column("proposed_by", sa.String(32), nullable=False),
        sa.Column("proposed_for", sa.String(200), nullable=False),
        sa.Column("proposed_at", _NUMBER, nullable=False),
        sa.Column("decided_by", sa.String(32)),
        sa.Column("decided_at", _NUMBER),
        sa.Column("position", _NUMBER),
        sa.Column("undo_by", sa.String(32)),
        sa.Column("undo_for", sa.String(200)),
        sa.Column("undo_reason", sa.LargeBinary),
        sa.Column("undo_at", _NUMBER),
        sa.Column("undone_by", sa.String(32)),
        sa.Column("undone_at", _NUMBER),
        sa.Column("pulse", _NUMBER, nullable=False),
    )
    op.create_index("successions_by_pulse", "successions", ["pulse"])
    op.create_index("successions_by_state", "successions", ["state", "proposed_at"])
    op.create_table(
        "succession_entities",
        sa.Column("succession", sa.String(32), primary_key=True),
        sa.Column("entity", sa.String(32), primary_key=True),
        sa.Column("side", sa.String(8), primary_key=True),
    )
    op.create_index("succession_entities_by_entity", "succession_entities", ["entity"])
    op.create_table(
        "identity_reviews",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("pair", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("probability", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("proposed_by", sa.String(32)),
        sa.Column("proposed_for", sa.String(200)),
        sa.Column("proposed_at", _NUMBER),
        sa.Column("decided_by", sa.String(32)),
        sa.Column("decided_at", _NUMBER),
        sa.Column("succession", sa.String(32)),
    )
    op.create_index("identity_reviews_by_pair", "identity_reviews", ["pair"])
    op.create_index("identity_reviews_by_succession", "identity_reviews", ["succession"])
    op.create_index("identity_reviews_by_state", "identity_reviews", ["state", "made_at"])


def _create_corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("entity", sa.String(32), nullable=False),
        sa.Column("anchor", sa.LargeBinary, nullable=False),
        sa.Column("field", sa.String(100), nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("raised_by", sa.String(32)),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("raised_at", _NUMBER, nullable=False),
        sa.Column("due_on", sa.String(10), nullable=False),
        sa.Column("answered_by", sa.String(32)),
        sa.Column("answered_at", _NUMBER),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("warned_at", _NUMBER),
        sa.Column("escalated_at", _NUMBER),
    )
    op.create_index("corrections_by_entity", "corrections", ["entity", "field"])
    op.create_index("corrections_by_owner", "corrections", ["owner", "state"])
    op.create_index("corrections_by_state", "corrections", ["state", "due_on"])


def _create_quality() -> None:
    op.create_table(
        "quality_runs",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", _NUMBER, nullable=False),
        sa.Column("touched_at", _NUMBER, nullable=False),
        sa.Column("ended_at", _NUMBER),
        sa.Column("record", sa.String(64), nullable=False),
        sa.Column("cursor", sa.LargeBinary),
    )
    op.create_index("quality_runs_by_source", "quality_runs", ["source", "started_at"])
    op.create_table(
        "quality_marks",
        sa.Column("run", sa.String(32), primary_key=True),
        sa.Column("record", sa.String(64), primary_key=True),
        sa.Column("rule", sa.String(24), primary_key=True),
        sa.Column("field", sa.String(64), primary_key=True),
        sa.Column("checked", _NUMBER, nullable=False),
        sa.Column("failed", _NUMBER, nullable=False),
    )
    op.create_table(
        "quality_findings",
        sa.Column("run", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("record", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("row_key", sa.LargeBinary, nullable=False),
        sa.Column("found", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "quality_rows",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("record", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("first_run", sa.String(32), nullable=False),
    )
    op.create_index("quality_rows_by_run", "quality_rows", ["first_run"])
    op.create_table(
        "quality_seen",
        sa.Column("run", sa.String(32), primary_key=True),
        sa.Column("record", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
    )


def downgrade() -> None:
    """Drop them."""
    for name in _NAMES:
        op.drop_table(name)


_NAMES = (
    "quality_rows",
    "quality_seen",
    "quality_findings",
    "quality_marks",
    "quality_runs",
    "corrections",
    "identity_reviews",
    "succession_entities",
    "successions",
    "redirects",
    "crosswalk_steps",
    "crosswalk",
)
