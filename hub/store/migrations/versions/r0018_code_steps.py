"""The steps of the life of codes, which counter one was applied for at, and an index of scans by day."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "r0018"
down_revision = "r0017"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_SHANGHAI = timezone(timedelta(hours=8))
_ENDS = {"SUSPENDED": "SUSPEND", "REVOKED": "REVOKE", "CANCELLED": "CANCEL"}
_AT_ONCE = 500


def upgrade() -> None:
    """Make the table; of codes that are there, what the store knows of their life: when they were issued, and stopped."""
    op.add_column("honesty_codes", sa.Column("applied_in", sa.String(32)))
    op.create_index("code_scans_by_day", "code_scans", ["day", "code"])
    steps = op.create_table(
        "code_steps",
        sa.Column("entity", sa.String(18), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("why", sa.String(32)),
        sa.Column("said", sa.Text),
        sa.Column("token", sa.String(64)),
        sa.Column("photo_digest", sa.String(64)),
        sa.Column("person", sa.String(32)),
        sa.Column("department", sa.String(32)),
        sa.Column("role", sa.String(24)),
    )
    connection = op.get_bind()
    codes = sa.text(
        "SELECT entity, token, status, status_since, status_reason, issued_on, applied_by FROM honesty_codes"
    )
    rows = [step for code in connection.execute(codes).all() for step in _steps(code)]
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(sa.insert(steps), rows[start : start + _AT_ONCE])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("code_steps")
    op.drop_index("code_scans_by_day", "code_scans")
    op.drop_column("honesty_codes", "applied_in")


def _steps(code: Any) -> Iterator[dict[str, Any]]:
    applied = {"kind": "APPLIED", "outcome": "GRANTED" if code.issued_on else "WAITING", "person": code.applied_by}
    told = {"entity": code.entity, "token": code.token, "why": None, "said": None, "photo_digest": None}
    told |= {"department": None, "role": None}
    yield {**told, "number": 1, "at": _second(code.issued_on or code.status_since), **applied}
    if code.status in _ENDS:
        ended = {"kind": _ENDS[code.status], "outcome": "GRANTED", "said": code.status_reason, "person": None}
        yield {**told, "number": 2, "at": _second(code.status_since), **ended}


def _second(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=_SHANGHAI).timestamp())
