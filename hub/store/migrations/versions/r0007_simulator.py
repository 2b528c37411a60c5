"""Looking back and ahead: approved grants, self-checks, replays of questions, which fields were asked last."""

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TABLES = ("scans", "asked_fields", "replays", "self_checks", "policy_tables")


def upgrade() -> None:
    """Create the tables; the next start fills the first approved table from the grants that are there."""
    op.create_table(
        "policy_tables",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("grants", sa.LargeBinary, nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
    )
    op.create_table(
        "self_checks",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("cells", sa.Integer, nullable=False),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
    )
    op.create_index("self_checks_by_day", "self_checks", ["day"])
    op.create_table(
        "replays",
        sa.Column("request", sa.String(32), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("first", _NUMBER, nullable=False),
        sa.Column("next", _NUMBER, nullable=False),
        sa.Column("last", _NUMBER, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("tally", sa.Text, nullable=False),
        sa.Column("changed_at", _NUMBER, nullable=False),
    )
    op.create_table(
        "asked_fields",
        sa.Column("department", sa.String(32), primary_key=True),
        sa.Column("role", sa.String(24), primary_key=True),
        sa.Column("purpose", sa.String(40), primary_key=True),
        sa.Column("field", sa.String(128), primary_key=True),
        sa.Column("last_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "scans",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("next", _NUMBER, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in _TABLES:
        op.drop_table(name)
