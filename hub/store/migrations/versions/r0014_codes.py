"""The codes: one an entity, their tokens, displays, batches and scans, and the origin that is in print."""

import sqlalchemy as sa
from alembic import op

revision = "r0014"
down_revision = "r0013"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "honesty_codes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("entity", sa.String(18), nullable=False, unique=True),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("issued_to", sa.String(200), nullable=False),
        sa.Column("issuer", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("status_since", sa.String(10), nullable=False),
        sa.Column("status_reason", sa.String(200)),
        sa.Column("issued_on", sa.String(10)),
        sa.Column("displayed_since", sa.String(10)),
        sa.Column("places", sa.Text),
        sa.Column("printed_on", sa.String(10)),
        sa.Column("applied_by", sa.String(32)),
        sa.Column("applied_as", sa.String(16), nullable=False),
        sa.Column("authorised", sa.LargeBinary),
        sa.Column("commitment", sa.String(16)),
        sa.Column("changed_at", sa.String(25), nullable=False),
    )
    op.create_index("honesty_codes_by_status", "honesty_codes", ["status", "id"])
    op.create_table(
        "code_tokens",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(32), nullable=False, index=True),
        sa.Column("issued_on", sa.String(10)),
        sa.Column("replaced_on", sa.String(10)),
    )
    op.create_table(
        "code_displays",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("code", sa.String(32), nullable=False, index=True),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("until", sa.String(10)),
        sa.Column("places", sa.Text, nullable=False),
        sa.Column("photo", sa.LargeBinary),
        sa.Column("photo_digest", sa.String(64)),
        sa.Column("said_by", sa.String(32), nullable=False),
        sa.Column("said_at", _NUMBER, nullable=False),
    )
    op.create_table(
        "code_batches",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("finished_at", _NUMBER),
    )
    op.create_table(
        "code_batch_rows",
        sa.Column("batch", sa.String(32), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entity", sa.String(18)),
        sa.Column("places", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("reason", sa.String(32)),
        sa.Column("code", sa.String(32)),
    )
    op.create_table(
        "code_scans",
        sa.Column("code", sa.String(32), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("audience", sa.String(16), primary_key=True),
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column("scans", sa.Integer, nullable=False),
    )
    op.create_table(
        "code_origin",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("frozen_on", sa.String(10), nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("code_origin", "code_scans", "code_batch_rows", "code_batches", "code_displays", "code_tokens"):
        op.drop_table(table)
    op.drop_index("honesty_codes_by_status", "honesty_codes")
    op.drop_table("honesty_codes")
