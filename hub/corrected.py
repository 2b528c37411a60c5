"""Whether the hub knows that what a source said of an entity was corrected or withdrawn since it said so.

The source's word is newer than its copy: a recall that its department made, or a correction that it answered with yes.
"""

from collections.abc import Collection
from typing import Protocol

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, select

from hub.identity.anchors import Anchor
from hub.store.correction_tables import corrections
from hub.store.disclosure_tables import recalls
from schema.identity_enums import CorrectionState

MOST = 500
"""Recalls that are looked through; where there are more, nobody's copy is taken for right."""


class Reader(Protocol):
    """Opens what lies in the store, and digests what it is found by."""

    def open(self, place: str, sealed: bytes) -> str: ...
    def lasting(self, kind: str, value: str) -> str: ...


def is_corrected(connection: Connection, reader: Reader, record: str, codes: Collection[str], since: int) -> bool:
    """True if any field of the record of one of these entities was corrected or recalled at that second or later."""
    below, one = f"{record}.%", recalls.c
    found = select(one.number, one.entity).where(one.made_at >= since, one.field.like(below)).limit(MOST + 1)
    rows = connection.execute(found).all()
    try:
        if len(rows) > MOST or any(reader.open(f"recalls.entity.{row.number}", row.entity) in codes for row in rows):
            return True
    except InvalidTag:
        # Whose it was can't be read any more: it may be of one of these.
        return True
    told = corrections.c
    digests = [reader.lasting("anchor", Anchor("uscc", code).text) for code in codes]
    answered = select(told.number).where(
        told.entity.in_(digests),
        told.field.like(below),
        told.state == CorrectionState.CORRECTED.name,
        told.answered_at >= since,
    )
    return connection.execute(answered.limit(1)).first() is not None
