"""Who asks: people, secrets, sign-ins, what was handed out and what is not honoured any more."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables, and let the pulse begin."""
    _stops()
    _people()
    _handed_out()
    _mandates()
    op.execute("INSERT INTO pulse (id, value) VALUES (1, 0)")


def downgrade() -> None:
    """Drop them."""
    for name in _TABLES:
        op.drop_table(name)


def _stops() -> None:
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("value", _NUMBER, nullable=False),
    )
    op.create_table(
        "stops",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("frozen", sa.Boolean, nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("matters_until", _NUMBER),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("lifted_at", _NUMBER),
    )
    op.create_index("stops_by_name", "stops", ["kind", "name"])
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(32), primary_key=True),
        sa.Column("public_jwk", sa.Text, nullable=False),
        sa.Column("signs_from", _NUMBER, nullable=False),
        sa.Column("verifies_until", _NUMBER),
    )


def _people() -> None:
    op.create_table(
        "client_credentials",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("public_jwk", sa.Text),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
        sa.Column("withdrawn_at", _NUMBER),
        sa.Column("warned_at", _NUMBER),
    )
    op.create_index("ix_client_credentials_client", "client_credentials", ["client"])
    op.create_table(
        "people",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("username", sa.String(64), unique=True),
        sa.Column("label", sa.LargeBinary, nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("purposes", sa.Text, nullable=False),
        sa.Column("bindings", sa.Text, nullable=False),
        sa.Column("certificate_no", sa.LargeBinary),
        sa.Column("certificate_checked_at", _NUMBER),
        sa.Column("certificate_until", _NUMBER),
        sa.Column("password", sa.String(160)),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("second_factor", sa.LargeBinary),
        sa.Column("last_step", _NUMBER, nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("ended_at", _NUMBER),
    )
    op.create_table(
        "outside_identities",
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("subject", sa.LargeBinary, primary_key=True),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("seen_at", _NUMBER, nullable=False),
    )
    op.create_index("ix_outside_identities_person", "outside_identities", ["person"])
    op.create_table(
        "browser_sessions",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("factors", sa.String(32), nullable=False),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
    )
    op.create_index("ix_browser_sessions_person", "browser_sessions", ["person"])
    op.create_table(
        "pending_requests",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
    )


def _handed_out() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("factors", sa.String(32), nullable=False),
        sa.Column("began_at", _NUMBER, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
        sa.Column("ended_at", _NUMBER),
    )
    op.create_index("ix_sign_ins_person", "sign_ins", ["person"])
    op.create_table(
        "codes",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("sign_in", sa.String(32), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
        sa.Column("used_at", _NUMBER),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("sign_in", sa.String(32), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
        sa.Column("used_at", _NUMBER),
    )
    op.create_index("ix_refresh_tokens_sign_in", "refresh_tokens", ["sign_in"])
    op.create_table(
        "device_codes",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("user_code", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("sign_in", sa.String(32)),
        sa.Column("refused", sa.Boolean, nullable=False),
        sa.Column("asked_at", _NUMBER, nullable=False),
        sa.Column("every", sa.Integer, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
        sa.Column("used_at", _NUMBER),
    )
    op.create_table(
        "seen",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("until", _NUMBER, nullable=False),
    )
    op.create_index("ix_seen_until", "seen", ["until"])
    op.create_table(
        "attempts",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", _NUMBER, nullable=False),
        sa.Column("wait_until", _NUMBER, nullable=False),
    )


def _mandates() -> None:
    op.create_table(
        "mandates",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("entity", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("granted_by", sa.String(80), nullable=False),
        sa.Column("representative", sa.LargeBinary),
        sa.Column("starts_at", _NUMBER, nullable=False),
        sa.Column("ends_at", _NUMBER),
        sa.Column("ended_at", _NUMBER),
        sa.Column("reason", sa.String(200), nullable=False),
    )
    op.create_index("ix_mandates_entity", "mandates", ["entity"])
    op.create_index("ix_mandates_person", "mandates", ["person"])
    op.create_table(
        "recoveries",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("first", sa.String(32), nullable=False),
        sa.Column("second", sa.String(32)),
        sa.Column("made_at", _NUMBER, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
    )
    op.create_index("ix_recoveries_person", "recoveries", ["person"])
    op.create_table(
        "acts_done",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("result", sa.LargeBinary, nullable=False),
        sa.Column("until", _NUMBER, nullable=False),
    )
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
    op.create_index("outbox_unsent", "outbox", ["sent_at", "number"])


_TABLES = (
    "pulse",
    "stops",
    "signing_keys",
    "client_credentials",
    "people",
    "outside_identities",
    "browser_sessions",
    "pending_requests",
    "sign_ins",
    "codes",
    "refresh_tokens",
    "device_codes",
    "seen",
    "attempts",
    "mandates",
    "recoveries",
    "acts_done",
    "outbox",
)
