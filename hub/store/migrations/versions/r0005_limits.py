"""How much and for which case: quotas of a day, tasks, and which cases somebody knew."""

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "quota_use",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("holder", sa.String(72), primary_key=True),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
    )
    op.create_table(
        "quota_seen",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("holder", sa.String(72), primary_key=True),
        sa.Column("entity", sa.LargeBinary(16), primary_key=True),
        sa.Column("asked", sa.Integer, nullable=False),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("case_digest", sa.String(32), nullable=False),
        sa.Column("case_number", sa.LargeBinary, nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("entity", sa.LargeBinary),
        sa.Column("opened_by", sa.String(32), nullable=False),
        sa.Column("opened_at", _NUMBER, nullable=False),
        sa.Column("until", _NUMBER, nullable=False),
        sa.Column("closed_at", _NUMBER),
        sa.Column("closed_by", sa.String(32)),
    )
    op.create_index("tasks_by_case", "tasks", ["department", "purpose", "case_digest"])
    op.create_table(
        "case_checks",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("department", sa.String(32), primary_key=True),
        sa.Column("purpose", sa.String(40), primary_key=True),
        sa.Column("case_digest", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), primary_key=True),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("case_checks", "tasks", "quota_seen", "quota_use"):
        op.drop_table(name)
