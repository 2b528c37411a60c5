"""Over the record: its index, objections, recalls, chains of digest keys, holds."""

import sqlalchemy as sa
from alembic import op

revision = "r0015"
down_revision = "r0014"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables; the hub fills the index from the entries there are."""
    _create_index()
    op.create_table(
        "digest_chains",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("since", _NUMBER, nullable=False),
    )
    op.create_table(
        "record_holds",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("lifted_by", sa.String(32)),
        sa.Column("lifted_at", _NUMBER),
    )
    _create_objections()
    _create_recalls()


def downgrade() -> None:
    """Drop them."""
    for name in (
        *("recall_positions", "recalls", "objections", "record_holds", "digest_chains"),
        *("record_field_sets", "record_entities", "record_index"),
    ):
        op.drop_table(name)


def _create_index() -> None:
    op.create_table(
        "record_index",
        sa.Column("position", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("case_digest", sa.String(32), nullable=False),
        sa.Column("field_set", sa.Integer, nullable=False),
        sa.Column("entities", sa.Integer, nullable=False),
        sa.Column("denied", sa.Integer, nullable=False),
        sa.Column("emergency", sa.Boolean, nullable=False),
    )
    op.create_index("record_index_by_department", "record_index", ["department", "position"])
    op.create_index("record_index_by_person", "record_index", ["person", "position"])
    op.create_table(
        "record_entities",
        sa.Column("entity", sa.LargeBinary(16), primary_key=True),
        sa.Column("kind", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", _NUMBER, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record_field_sets",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
    )
    op.create_index("record_field_sets_by_digest", "record_field_sets", ["digest"], unique=True)


def _create_objections() -> None:
    op.create_table(
        "objections",
        sa.Column("number", sa.String(16), primary_key=True),
        sa.Column("position", _NUMBER, nullable=False),
        sa.Column("entity", sa.LargeBinary, nullable=False),
        sa.Column("entity_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("filed_by", sa.String(32), nullable=False),
        sa.Column("filed_at", _NUMBER, nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("due_on", sa.String(10), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("explained_by", sa.String(32)),
        sa.Column("explained_at", _NUMBER),
        sa.Column("explanation", sa.LargeBinary),
        sa.Column("decided_by", sa.String(32)),
        sa.Column("decided_at", _NUMBER),
        sa.Column("finding", sa.LargeBinary),
        sa.Column("warned_at", _NUMBER),
        sa.Column("escalated_at", _NUMBER),
    )
    op.create_index("objections_by_entity", "objections", ["entity_digest", "position"])
    op.create_index("objections_by_department", "objections", ["department", "state"])


def _create_recalls() -> None:
    op.create_table(
        "recalls",
        sa.Column("number", sa.String(16), primary_key=True),
        sa.Column("entity", sa.LargeBinary, nullable=False),
        sa.Column("field", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
    )
    op.create_table(
        "recall_positions",
        sa.Column("recall", sa.String(16), primary_key=True),
        sa.Column("position", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
    )
    op.create_index("recall_positions_by_position", "recall_positions", ["position"])
