"""Opaque ids of entities, and the entries of the record."""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "issued_ids",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("anchor", sa.LargeBinary, nullable=False),
        sa.Column("issued_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
        ),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("request_id", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("entries_by_request", "entries", ["request_id"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("entries")
    op.drop_table("issued_ids")
