"""Tables beside the grants: who confirmed that one is still needed, and which warnings were given.

Instants are seconds since 1970, days ISO dates in Asia/Shanghai. People are named by their ids.
"""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")

grant_certifications = Table(
    "grant_certifications",
    metadata,
    Column("grant_id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="of the grant, for which it was said"),
    Column("owner", String(32), primary_key=True, comment="department that owns records, empty where nobody does"),
    Column("until", String(10), nullable=False, comment="last day for which it is confirmed"),
    Column("said_by", String(32), nullable=False),
    Column("said_at", _Instant, nullable=False),
    Column("counted_at", _Instant, comment="when all owners had said so, and it took effect"),
)

grant_warnings = Table(
    "grant_warnings",
    metadata,
    Column("grant_id", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True, comment="EXPIRING_30, EXPIRING_7, RECERTIFY_30, RECERTIFY_7, ENDED"),
    Column("day", String(10), primary_key=True, comment="that was warned of: another one is warned of anew"),
    Column("told_at", _Instant, nullable=False),
)
