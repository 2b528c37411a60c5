"""Tables of who asks: people, secrets, sign-ins, what was handed out, and what is not honoured any more.

Whatever opens something is stored as a digest. Names of people are sealed. Instants are seconds since 1970.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from hub.store.tables import metadata

_Instant = BigInteger().with_variant(Integer, "sqlite")
_Number = BigInteger().with_variant(Integer, "sqlite")


def _id() -> "Column[str]":
    return Column("id", String(32), primary_key=True)


pulse = Table(
    "pulse",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("value", _Number, nullable=False, comment="counts the changes that every worker must take notice of"),
)

stops = Table(
    "stops",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False, comment="value of the pulse when it was made"),
    Column("kind", String(16), nullable=False, comment="TOKEN, SIGN_IN, PERSON, CLIENT, DEPARTMENT, GRANT"),
    Column("name", String(128), nullable=False),
    Column("frozen", Boolean, nullable=False, comment="until it is lifted; else what was issued before"),
    Column("made_at", _Instant, nullable=False),
    Column("matters_until", _Instant, comment="when everything it concerns has expired by itself; null: for ever"),
    Column("reason", String(200), nullable=False),
    Column("lifted_at", _Instant),
    Index("stops_by_name", "kind", "name"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", String(32), primary_key=True),
    Column("public_jwk", Text, nullable=False, comment="RFC 7517; the private half lies in the key store"),
    Column("signs_from", _Instant, nullable=False, comment="published before, so that everybody knows it by then"),
    Column("verifies_until", _Instant, comment="null while it signs"),
)

client_credentials = Table(
    "client_credentials",
    metadata,
    _id(),
    Column("client", String(64), nullable=False, index=True),
    Column("digest", LargeBinary, comment="SHA-256 of a secret of 256 bits"),
    Column("public_jwk", Text, comment="or the public key of its assertions"),
    Column("made_at", _Instant, nullable=False),
    Column("expires_at", _Instant, nullable=False),
    Column("withdrawn_at", _Instant),
    Column("warned_at", _Instant, comment="when its expiry was announced"),
)

people = Table(
    "people",
    metadata,
    _id(),
    Column("username", String(64), unique=True, comment="account name at work; null where another provider vouches"),
    Column("label", LargeBinary, nullable=False, comment="the person's name, sealed"),
    Column("department", String(32), nullable=False),
    Column("role", String(24), nullable=False),
    Column("purposes", Text, nullable=False, comment="separated by blanks; empty: those of the client"),
    Column("bindings", Text, nullable=False, comment="JSON"),
    Column("certificate_no", LargeBinary, comment="number of the enforcement certificate, sealed"),
    Column("certificate_checked_at", _Instant, comment="when its source last answered"),
    Column("certificate_until", _Instant, comment="end of its validity as the source then said; null: not valid"),
    Column("password", String(160), comment="scrypt with its salt and costs"),
    Column("must_change", Boolean, nullable=False),
    Column("second_factor", LargeBinary, comment="TOTP key (RFC 6238), sealed"),
    Column("email", LargeBinary, comment="where notices may be sent, sealed"),
    Column("phone", LargeBinary, comment="the same, sealed"),
    Column("last_step", _Number, nullable=False, comment="time step of the last code taken, so that none works twice"),
    Column("made_at", _Instant, nullable=False),
    Column("ended_at", _Instant),
)

outside_identities = Table(
    "outside_identities",
    metadata,
    Column("provider", String(32), primary_key=True),
    Column("subject", LargeBinary, primary_key=True, comment="keyed digest of the subject there"),
    Column("person", String(32), nullable=False, index=True),
    Column("seen_at", _Instant, nullable=False),
)

browser_sessions = Table(
    "browser_sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("person", String(32), nullable=False, index=True),
    Column("factors", String(32), nullable=False, comment="RFC 8176: pwd, otp, fed"),
    Column("made_at", _Instant, nullable=False),
    Column("expires_at", _Instant, nullable=False),
)

pending_requests = Table(
    "pending_requests",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="of a pushed request or of the ticket of a sign-in"),
    Column("client", String(64), nullable=False),
    Column("parameters", Text, nullable=False, comment="JSON of the authorisation request"),
    Column("state", Text, nullable=False, comment="JSON: how far the sign-in came"),
    Column("expires_at", _Instant, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    _id(),
    Column("client", String(64), nullable=False),
    Column("person", String(32), nullable=False, index=True),
    Column("factors", String(32), nullable=False),
    Column("began_at", _Instant, nullable=False),
    Column("expires_at", _Instant, nullable=False),
    Column("ended_at", _Instant),
)

codes = Table(
    "codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("sign_in", String(32), nullable=False),
    Column("client", String(64), nullable=False),
    Column("terms", Text, nullable=False, comment="JSON: redirect URI, scope, purposes, challenge, nonce, key"),
    Column("expires_at", _Instant, nullable=False),
    Column("used_at", _Instant),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("sign_in", String(32), nullable=False, index=True),
    Column("client", String(64), nullable=False),
    Column("terms", Text, nullable=False, comment="JSON: scope, purposes, key"),
    Column("expires_at", _Instant, nullable=False),
    Column("used_at", _Instant),
)

device_codes = Table(
    "device_codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("user_code", LargeBinary, nullable=False, unique=True, comment="digest"),
    Column("client", String(64), nullable=False),
    Column("terms", Text, nullable=False, comment="JSON: scope, purposes, key"),
    Column("sign_in", String(32)),
    Column("refused", Boolean, nullable=False),
    Column("asked_at", _Instant, nullable=False, comment="last poll"),
    Column("every", Integer, nullable=False, comment="seconds between polls"),
    Column("expires_at", _Instant, nullable=False),
    Column("used_at", _Instant),
)

seen = Table(
    "seen",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="of an assertion or proof that must not come twice"),
    Column("until", _Instant, nullable=False, index=True),
)

attempts = Table(
    "attempts",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="keyed, of whom and from where"),
    Column("failures", Integer, nullable=False),
    Column("last_at", _Instant, nullable=False),
    Column("wait_until", _Instant, nullable=False),
)

mandates = Table(
    "mandates",
    metadata,
    _id(),
    Column("person", String(32), nullable=False, index=True),
    Column("entity", String(64), nullable=False, index=True, comment="unified social credit code, as row filters bind"),
    Column("kind", String(16), nullable=False, comment="REPRESENTATIVE, DELEGATE"),
    Column("origin", String(16), nullable=False, comment="REAL_NAME, COUNTER, REPRESENTATIVE"),
    Column("granted_by", String(80), nullable=False, comment="the person who vouched or delegated, or the provider"),
    Column("representative", LargeBinary, comment="keyed digest of the representative it was matched with"),
    Column("starts_at", _Instant, nullable=False),
    Column("ends_at", _Instant),
    Column("ended_at", _Instant),
    Column("reason", String(200), nullable=False),
)

recoveries = Table(
    "recoveries",
    metadata,
    _id(),
    Column("person", String(32), nullable=False, index=True),
    Column("first", String(32), nullable=False, comment="the administrator who asked for it"),
    Column("first_for", String(32), comment="for whom that one acted as a deputy"),
    Column("second", String(32), comment="the one who agreed, never the same"),
    Column("made_at", _Instant, nullable=False),
    Column("expires_at", _Instant, nullable=False),
)

acts_done = Table(
    "acts_done",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="of who asked and the idempotency key"),
    Column("request", LargeBinary, nullable=False, comment="digest of what was asked"),
    Column("result", LargeBinary, nullable=False, comment="JSON, sealed: it may name a person"),
    Column("until", _Instant, nullable=False),
)
