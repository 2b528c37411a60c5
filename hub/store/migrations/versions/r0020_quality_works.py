"""Runs of the quality board that people have the hub do in the background."""

import sqlalchemy as sa
from alembic import op

revision = "r0020"
down_revision = "r0019"
branch_labels = None
depends_on = None

_INSTANT = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "quality_works",
        sa.Column("number", sa.String(16), primary_key=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("worker", sa.String(32)),
        sa.Column("beat_at", _INSTANT),
        sa.Column("ended_at", _INSTANT),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("fault", sa.String(64), nullable=False),
    )
    op.create_index("quality_works_by_state", "quality_works", ["state", "made_at"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("quality_works_by_state", "quality_works")
    op.drop_table("quality_works")
