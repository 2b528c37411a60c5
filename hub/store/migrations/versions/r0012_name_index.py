"""The name index: generations of a sealed copy of what identifies entities, and keys to find them by."""

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create all three; `chengxin-hub names fill` fills them."""
    op.create_table(
        "name_generations",
        sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("rules", sa.String(64), nullable=False),
        sa.Column("fields", sa.String(255), nullable=False),
        sa.Column("basis", sa.String(1000), nullable=False),
        sa.Column("begun_at", _NUMBER, nullable=False),
        sa.Column("served_at", _NUMBER, nullable=True),
        sa.Column("as_of", sa.String(32), nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("after", sa.LargeBinary, nullable=True),
        sa.Column("sorted_to", sa.Integer, nullable=False),
    )
    op.create_table(
        "name_entries",
        sa.Column("generation", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "name_keys",
        sa.Column("generation", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("key", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop all three."""
    op.drop_table("name_keys")
    op.drop_table("name_entries")
    op.drop_table("name_generations")
