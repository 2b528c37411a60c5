"""Who may see what: departments, clients, grants with their versions, and which scopes hold which fields since when."""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_GRANT = (
    sa.Column("department", sa.String(32), nullable=False),
    sa.Column("role", sa.String(24), nullable=False),
    sa.Column("starts", sa.String(10), nullable=False),
    sa.Column("ends", sa.String(10), nullable=False),
    sa.Column("request", sa.String(32), nullable=False),
)
_TABLES = (
    *("working_days", "request_parts", "access_requests"),
    *("vocabularies", "grants", "clients", "departments", "roster_state"),
)


def upgrade() -> None:
    """Create the tables; what the configuration says fills them at the next start."""
    op.create_table(
        "roster_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("changed", _NUMBER, nullable=False),
    )
    op.execute("INSERT INTO roster_state (id, changed) VALUES (1, 0)")
    _versioned("departments", 32)
    _versioned("clients", 64, sa.Column("department", sa.String(32), nullable=False))
    _versioned("grants", 64, *_GRANT)
    op.create_table(
        "vocabularies",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("recorded_at", _NUMBER, nullable=False),
    )
    _requests()


def _requests() -> None:
    op.create_table(
        "access_requests",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("paper", sa.Boolean, nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("submitted_at", _NUMBER),
        sa.Column("released_by", sa.String(32)),
        sa.Column("ended_at", _NUMBER),
        sa.Column("basis", sa.Text, nullable=False),
    )
    op.create_index("ix_access_requests_asked_by", "access_requests", ["asked_by"])
    op.create_index("access_requests_by_state", "access_requests", ["state", "submitted_at"])
    op.create_table(
        "request_parts",
        sa.Column("request", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(32), primary_key=True),
        sa.Column("sharing", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_on", sa.String(10), nullable=False),
        sa.Column("extended", sa.Boolean, nullable=False),
        sa.Column("answered_by", sa.String(32)),
        sa.Column("answered_at", _NUMBER),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("warned_at", _NUMBER),
        sa.Column("escalated_at", _NUMBER),
    )
    op.create_index("request_parts_due", "request_parts", ["state", "due_on"])
    op.create_table(
        "working_days",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("working", sa.Boolean, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in _TABLES:
        op.drop_table(name)


def _versioned(name: str, key: int, *more: "sa.Column[str]") -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(key), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *more,
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("recorded_at", _NUMBER, nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("replaced_at", _NUMBER),
        sa.Column("replaced_by", sa.String(64)),
    )
    op.create_index(f"{name}_current", name, ["replaced_at"])
