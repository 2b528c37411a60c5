"""Keys that sign tokens: public halves and periods in the store, private halves in the key store, changed in time.

A new key is published before it signs, and the old one verifies until the last token it signed has expired.
"""

from pathlib import Path

import orjson
from joserfc.jwk import OKPKey
from sqlalchemy import Connection, insert, select, update

from auth.signer import SigningKey
from auth.tokens import LONGEST
from hub.callers.stopping import end_all_sign_ins
from hub.store.caller_tables import signing_keys
from hub.store.keys import KeyStore, make_token_key, private_token_keys
from hub.store.pulse import beat

AHEAD = 300
"""Seconds for which a key is published before it signs: as long as others may keep the set of keys."""
_AFTER = int(LONGEST.total_seconds()) + 60


class RotatingError(Exception):
    """A key that was made before has not begun to sign; `signs_from` is when it does, in seconds since 1970."""

    def __init__(self, kid: str, signs_from: int) -> None:
        super().__init__(kid)
        self.kid = kid
        self.signs_from = signs_from


def ensure_key(connection: Connection, keys: KeyStore) -> None:
    """Have the first key sign, in a store that has none yet."""
    if connection.execute(select(signing_keys.c.kid).limit(1)).first() is None:
        _insert(connection, keys.token, 0)


def load_keys(connection: Connection, folder: Path) -> list[SigningKey]:
    """All keys there ever were, the oldest first."""
    query = select(signing_keys).order_by(signing_keys.c.signs_from)
    private = private_token_keys(folder)
    return [
        SigningKey(
            kid=row.kid,
            public=OKPKey.import_key(orjson.loads(row.public_jwk)),
            private=private.get(row.kid),
            signs_from=row.signs_from,
            verifies_until=row.verifies_until,
        )
        for row in connection.execute(query)
    ]


def rotate_key(connection: Connection, folder: Path, now: int, *, at_once: bool = False) -> str:
    """Have a new key sign, from `AHEAD` seconds on; its id.

    At once: a key was stolen. All tokens of before end, and all sign-ins with what would renew them.
    """
    made = make_token_key(folder)
    start = now if at_once else now + AHEAD
    end = now if at_once else start + _AFTER
    older = signing_keys.c.verifies_until.is_(None)
    connection.execute(update(signing_keys).where(older).values(verifies_until=end))
    if at_once:
        still = signing_keys.c.verifies_until > now
        connection.execute(update(signing_keys).where(still).values(verifies_until=end))
        end_all_sign_ins(connection, now)
    _insert(connection, made, start)
    return str(made.kid)


def refuse_while_one_waits(connection: Connection, now: int) -> None:
    """RotatingError if the last rotation is under way: with another one, its key would hardly sign."""
    ahead = (signing_keys.c.signs_from > now, signing_keys.c.verifies_until.is_(None))
    waiting = connection.execute(select(signing_keys.c.kid, signing_keys.c.signs_from).where(*ahead)).first()
    if waiting is not None:
        raise RotatingError(waiting.kid, waiting.signs_from)


def _insert(connection: Connection, key: OKPKey, start: int) -> None:
    public = orjson.dumps(key.as_dict(private=False)).decode()
    connection.execute(insert(signing_keys).values(kid=key.kid, public_jwk=public, signs_from=start))
    beat(connection)
