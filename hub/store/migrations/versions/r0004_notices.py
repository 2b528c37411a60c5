"""Who is told what: notices and their deliveries take the place of the outbox, and people may have addresses."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables, and move what the outbox holds: what has left is told, what has not is to be spread."""
    op.create_table(
        "notices",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("spread_at", _NUMBER),
        sa.Column("set_aside_at", _NUMBER),
    )
    op.execute(
        "INSERT INTO notices (number, event, body, made_at, spread_at, set_aside_at)"
        " SELECT number, kind, body, made_at, sent_at, set_aside_at FROM outbox"
    )
    op.create_index("notices_unspread", "notices", ["spread_at", "number"])
    op.drop_table("outbox")
    _deliveries()
    op.add_column("people", sa.Column("email", sa.LargeBinary))
    op.add_column("people", sa.Column("phone", sa.LargeBinary))


def downgrade() -> None:
    """Give the outbox back, with what was not spread."""
    op.create_table(
        "outbox",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("next_at", _NUMBER, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sent_at", _NUMBER),
        sa.Column("set_aside_at", _NUMBER),
    )
    op.execute(
        "INSERT INTO outbox (number, kind, body, made_at, next_at, tries, sent_at, set_aside_at)"
        " SELECT number, event, body, made_at, made_at, 0, spread_at, set_aside_at FROM notices"
    )
    op.create_index("outbox_unsent", "outbox", ["sent_at", "number"])
    op.drop_column("people", "phone")
    op.drop_column("people", "email")
    op.drop_table("deliveries")
    op.drop_table("notices")


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("notice", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("opened_at", _NUMBER, nullable=False),
        sa.Column("deadline", _NUMBER, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", _NUMBER, nullable=False),
        sa.Column("held_until", _NUMBER),
        sa.Column("settled_at", _NUMBER),
        sa.Column("watched_until", _NUMBER),
        sa.Column("fault", sa.String(40)),
    )
    op.create_index("deliveries_by_channel", "deliveries", ["state", "channel", "next_at"])
    op.create_index("deliveries_watched", "deliveries", ["watched_until"])
    op.create_index("deliveries_by_recipient", "deliveries", ["kind", "name", "channel", "state", "notice"])
