"""Beside the grants: who confirmed that one is still needed, and which warnings were given."""

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "grant_certifications",
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("owner", sa.String(32), primary_key=True),
        sa.Column("until", sa.String(10), nullable=False),
        sa.Column("said_by", sa.String(32), nullable=False),
        sa.Column("said_at", _NUMBER, nullable=False),
        sa.Column("counted_at", _NUMBER),
    )
    op.create_table(
        "grant_warnings",
        sa.Column("grant_id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("told_at", _NUMBER, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("grant_warnings")
    op.drop_table("grant_certifications")
