"""What an earlier hub had put into its outbox and not sent is sent by this one; what it had sent is not sent again."""

import orjson
import pytest
from sqlalchemy import text

from hub.callers.vault import Vault
from hub.events import Channel, Event
from hub.store.keys import open_keys
from tests.notices.office import START, PostOffice
from tests.unit.appending import REVISIONS, open_store
from tests.unit.test_store_backends import place, upgrade

__all__ = ["place"]
OLD = ("number", "kind", "body", "made_at", "next_at", "tries", "sent_at", "set_aside_at")
BEFORE = [revision for revision in REVISIONS if "r0002" <= revision < "r0004"]


@pytest.mark.parametrize("revision", BEFORE)
async def test_what_was_not_sent_is_sent(place, revision):
    """In its words and to whom it said, from the schema of every hub that had an outbox; numbers go on from there."""
    place.folder.mkdir(exist_ok=True)
    keys = open_keys(place.folder / "keys")
    vault = Vault(keys.sealing, keys.digest)
    body = {"to": {"entity": "91231282MA9X0A019P", "channel": "REGISTERED_CONTACT"}, "text": "说明", "textEn": "words"}
    with place.engine.begin() as connection:
        upgrade(connection, revision)
        for number, sent in ((1, START), (2, None), (3, None)):
            sealed = vault.seal(f"outbox.body.{number}", orjson.dumps(body).decode())
            row = (number, "MANDATE_GRANTED", sealed, START, START, 0, sent, START if number == 3 else None)
            named = ", ".join(f":{name}" for name in OLD)
            statement = f"INSERT INTO outbox ({', '.join(OLD)}) VALUES ({named})"  # noqa: S608 - names of our own
            connection.execute(text(statement), dict(zip(OLD, row, strict=True)))
    database, _, _ = open_store(place.folder, place.url)
    database.migrate()
    office = PostOffice(place.folder, database, vault).with_shelves(Channel.LETTER)
    await office.deliverer().deliver_due()
    (letter,) = office.shelves[Channel.LETTER].got
    assert (letter.delivery.notice, letter.text.zh) == (2, "说明")
    assert letter.document()["to"] == body["to"]
    assert office.tell(Event.DEPUTY_ENDED, {"deputy": "D-1", "when": "2027-01-15T16:00:00+08:00"}) == 4
    database.close()
