"""The three officers: that they were made, appointments, deputies, break-glass; for whom a recovery was asked as a deputy."""

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None

_INSTANT = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TABLES = ("emergencies", "deputies", "appointments", "bootstraps")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bootstraps",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("made_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(32), nullable=False, index=True),
        sa.Column("office", sa.String(24), nullable=False),
        sa.Column("first", sa.String(32), nullable=False),
        sa.Column("first_for", sa.String(32)),
        sa.Column("second", sa.String(32)),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "deputies",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("principal", sa.String(32), nullable=False, index=True),
        sa.Column("deputy", sa.String(32), nullable=False, index=True),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("confirmed_by", sa.String(32)),
        sa.Column("confirmed_at", _INSTANT),
        sa.Column("ended_at", _INSTANT),
        sa.Column("ended_by", sa.String(32)),
        sa.Column("told_at", _INSTANT),
        sa.Index("deputies_by_period", "ended_at", "ends_at"),
    )
    op.create_table(
        "emergencies",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(32), nullable=False, index=True),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("grant", sa.String(64), nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("case", sa.LargeBinary),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("ended_by", sa.String(32)),
        sa.Column("due_on", sa.String(10), nullable=False),
        sa.Column("reviewed_at", _INSTANT),
        sa.Column("reviewed_by", sa.String(32)),
        sa.Column("justified", sa.Boolean),
        sa.Column("finding", sa.LargeBinary),
        sa.Column("reminded_at", _INSTANT),
        sa.Column("escalated_at", _INSTANT),
        sa.Index("emergencies_by_review", "reviewed_at", "due_on"),
    )
    with op.batch_alter_table("recoveries") as table:
        table.add_column(sa.Column("first_for", sa.String(32)))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("recoveries") as table:
        table.drop_column("first_for")
    for name in _TABLES:
        op.drop_table(name)
