"""Last known values of sources that declare them."""

import sqlalchemy as sa
from alembic import op

revision = "r0017"
down_revision = "r0016"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "kept_rows",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("declared", sa.String(32), nullable=False),
        sa.Column("kept_at", _NUMBER, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("kept_rows_by_age", "kept_rows", ["declared", "kept_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("kept_rows_by_age", "kept_rows")
    op.drop_table("kept_rows")
