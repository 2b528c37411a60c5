"""Works on the record and their packs, findings on anomalies, why a hold was lifted, for whom deputies spoke in objections."""

import sqlalchemy as sa
from alembic import op

revision = "r0019"
down_revision = "r0018"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables, and add the columns."""
    op.create_table(
        "record_works",
        sa.Column("number", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("year", sa.Integer),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("worker", sa.String(32)),
        sa.Column("began_at", _NUMBER),
        sa.Column("beat_at", _NUMBER),
        sa.Column("ended_at", _NUMBER),
        sa.Column("start", _NUMBER, nullable=False),
        sa.Column("done", _NUMBER, nullable=False),
        sa.Column("total", _NUMBER, nullable=False),
        sa.Column("found", sa.LargeBinary, nullable=False),
    )
    op.create_index("record_works_by_state", "record_works", ["state", "made_at"])
    op.create_table(
        "record_packs",
        sa.Column("work", sa.String(16), primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("archive", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "anomaly_findings",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("finding", sa.LargeBinary, nullable=False),
        sa.Column("made_by", sa.String(32), nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
    )
    op.create_index("anomaly_findings_by_day", "anomaly_findings", ["day"])
    op.add_column("record_holds", sa.Column("lifted_reason", sa.LargeBinary))
    op.add_column("objections", sa.Column("filed_for", sa.String(32)))
    op.add_column("objections", sa.Column("explained_for", sa.String(32)))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("objections", "explained_for")
    op.drop_column("objections", "filed_for")
    op.drop_column("record_holds", "lifted_reason")
    op.drop_index("anomaly_findings_by_day", "anomaly_findings")
    op.drop_table("anomaly_findings")
    op.drop_table("record_packs")
    op.drop_index("record_works_by_state", "record_works")
    op.drop_table("record_works")
