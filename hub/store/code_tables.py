"""Tables of the codes: one an entity, its tokens, displays and steps; batches, scans, the origin in print.

Days are ISO dates in Asia/Shanghai, instants seconds since 1970. Everything of `codes` that a symbol or its page says is
public; people are named by their ids.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")

honesty_codes = Table(
    "honesty_codes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("entity", String(18), nullable=False, unique=True, comment="unified social credit code: one code a shop"),
    Column("token", String(64), nullable=False, unique=True, comment="what it says now"),
    Column("name", String(200), nullable=False, comment="registered name, as the register last had it"),
    Column("issued_to", String(200), nullable=False, comment="registered name when it was issued"),
    Column("issuer", String(16), nullable=False, comment="LOCAL, PROVINCIAL"),
    Column("status", String(16), nullable=False, comment="PENDING, VALID, SUSPENDED, REVOKED, CANCELLED"),
    Column("status_since", String(10), nullable=False),
    Column("status_reason", String(200)),
    Column("issued_on", String(10), comment="of the token it has now; none while it is pending"),
    Column("displayed_since", String(10), comment="first day of the display that lasts"),
    Column("places", Text, comment="where it is displayed, one a line"),
    Column("printed_on", String(10), comment="last day on which something was printed of it"),
    Column("applied_by", String(32), comment="the person who asked for it"),
    Column("applied_as", String(16), nullable=False, comment="REPRESENTATIVE, DELEGATE, COUNTER, BATCH, ADOPTED"),
    Column("applied_in", String(32), comment="the department at whose counter; none where merchants apply themselves"),
    Column("authorised", LargeBinary, comment="who signed the commitment on paper at a counter, sealed"),
    Column("commitment", String(16), comment="version of the commitment that was signed"),
    Column("changed_at", String(25), nullable=False, comment="RFC 3339, of the last change"),
    Index("honesty_codes_by_status", "status", "id"),
)

code_tokens = Table(
    "code_tokens",
    metadata,
    Column("token", String(64), primary_key=True, comment="every one that was ever issued"),
    Column("code", String(32), nullable=False, index=True),
    Column("issued_on", String(10)),
    Column("replaced_on", String(10), comment="when another one took its place"),
)

code_displays = Table(
    "code_displays",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("code", String(32), nullable=False, index=True),
    Column("since", String(10), nullable=False, comment="first day"),
    Column("until", String(10), comment="last day; none while it lasts"),
    Column("places", Text, nullable=False, comment="one a line"),
    Column("photo", LargeBinary, comment="JPEG or PNG without metadata, base 64, sealed"),
    Column("photo_digest", String(64), comment="SHA-256 of the photo, as the record has it"),
    Column("said_by", String(32), nullable=False, comment="a person, or whoever stopped it"),
    Column("said_at", _Instant, nullable=False),
)

code_batches = Table(
    "code_batches",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "digest",
        String(64),
        nullable=False,
        unique=True,
        comment="of who brought it and of its rows: brought again, it goes on",
    ),
    Column("name", String(80), nullable=False, comment="of the street"),
    Column("department", String(32), nullable=False),
    Column("made_by", String(32), nullable=False),
    Column("made_at", _Instant, nullable=False),
    Column("finished_at", _Instant),
)

code_batch_rows = Table(
    "code_batch_rows",
    metadata,
    Column("batch", String(32), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False, comment="of the file"),
    Column("entity", String(18), comment="none where the cell holds no code"),
    Column("places", Text, nullable=False, comment="one a line"),
    Column("outcome", String(16), comment="ISSUED, KNOWN, PENDING, REJECTED; none until it is looked at"),
    Column("reason", String(32), comment="why it was rejected"),
    Column("code", String(32)),
)

code_scans = Table(
    "code_scans",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("audience", String(16), primary_key=True, comment="PUBLIC, OFFICER, CLERK …: a role, never who it was"),
    Column("place", String(40), primary_key=True, comment="one of the places of the code, empty where none is known"),
    Column("scans", Integer, nullable=False),
    Index("code_scans_by_day", "day", "code"),
)

code_steps = Table(
    "code_steps",
    metadata,
    Column("entity", String(18), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="1 is the first step of an entity"),
    Column("at", _Instant, nullable=False),
    Column("kind", String(16), nullable=False, comment="APPLIED, APPROVE, DISPLAY, SUSPEND …"),
    Column("outcome", String(16), nullable=False, comment="GRANTED, WAITING, REFUSED"),
    Column("why", String(32), comment="why an application was not granted"),
    Column("said", Text, comment="the reason that was given, or the places, one a line"),
    Column("token", String(64), comment="what the code said afterwards; none where there is none"),
    Column("photo_digest", String(64), comment="SHA-256 of the photo of a display"),
    Column("person", String(32), comment="who did it; none where the hub followed the register"),
    Column("department", String(32)),
    Column("role", String(24)),
)

code_origin = Table(
    "code_origin",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(200), nullable=False, comment="address under which codes are in print"),
    Column("frozen_on", String(10), nullable=False),
)
