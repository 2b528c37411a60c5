"""Reports of forged or misused codes, and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "r0016"
down_revision = "r0015"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "code_reports",
        sa.Column("number", sa.String(12), primary_key=True),
        sa.Column("nonce", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("code", sa.String(32)),
        sa.Column("token", sa.String(64)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("place", sa.LargeBinary, nullable=False),
        sa.Column("said", sa.LargeBinary),
        sa.Column("received_on", sa.String(10), nullable=False),
        sa.Column("received_at", _NUMBER, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("note", sa.String(200)),
        sa.Column("settled_on", sa.String(10)),
        sa.Column("settled_by", sa.String(32)),
    )
    op.create_index("code_reports_by_outcome", "code_reports", ["outcome", "received_at"])
    op.create_index("code_reports_by_token", "code_reports", ["token", "received_on"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("code_reports_by_token", "code_reports")
    op.drop_index("code_reports_by_outcome", "code_reports")
    op.drop_table("code_reports")
