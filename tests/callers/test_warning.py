"""Secrets that end are told of through the outbox: once, in time, and not where another one goes on."""

import json
import time

from hub.app import wire
from hub.callers.client_secrets import add_secret
from hub.callers.warning import warn_of_ending
from hub.settings import load_settings
from tests.callers.stand import configure, free_port, served


def warned(hub, now):
    """How many clients are told of now."""
    return hub.database.acting(lambda connection: warn_of_ending(connection, hub.attendant.vault, now))


def test_each_end_is_told_of_once(tmp_path):
    """A secret of ninety days is told of when sixty are over; once, and not if there is one that lasts."""
    hub = wire(load_settings(configure(tmp_path, "https://hub.example")))
    day, now = 24 * 3600, int(hub.gateway.clock.seconds())
    hub.database.acting(lambda connection: add_secret(connection, "machine", now, 90))
    hub.database.acting(lambda connection: add_secret(connection, "field", now, 90))
    assert warned(hub, now + 59 * day) == 0
    hub.database.acting(lambda connection: add_secret(connection, "field", now + 50 * day, 90))
    assert warned(hub, now + 61 * day) == 1
    assert warned(hub, now + 62 * day) == 0


def test_a_hub_that_serves_tells_by_itself(tmp_path):
    """Soon after the start the notice lies in its folder; it names the client and no secret."""
    port = free_port()
    hub = wire(load_settings(configure(tmp_path, f"http://127.0.0.1:{port}")))
    now = int(hub.gateway.clock.seconds())
    _, secret = hub.database.acting(lambda connection: add_secret(connection, "machine", now, 10))
    with served(hub, port):
        until = time.monotonic() + 60
        while not (found := list((tmp_path / "outbox").glob("*.json"))):
            assert time.monotonic() < until
            time.sleep(0.05)
    told = json.loads(found[0].read_text(encoding="utf-8"))
    assert (told["kind"], told["to"]) == ("SECRET_EXPIRING", {"client": "machine"})
    assert secret not in found[0].read_text(encoding="utf-8")
