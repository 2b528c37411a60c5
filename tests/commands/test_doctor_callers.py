"""What the doctor says of callers: secrets that lack or end, a key that lies elsewhere."""

from functools import partial
from typing import Any

from sqlalchemy import Connection

from hub.app import wire
from hub.callers.client_secrets import add_secret
from hub.callers.signing import rotate_key
from hub.clock import Clock
from hub.doctor.own import examine_hub
from hub.settings import load_settings
from tests.callers.stand import configure

CALLERS = {"SECRETS_GOOD", "CLIENTS_WITHOUT_SECRET", "SECRET_ENDING", "SIGNING_KEY_ELSEWHERE"}


def found(config) -> dict[str, Any]:
    """Findings about callers: code and names."""
    said = examine_hub(load_settings(config), config, Clock(), ("127.0.0.1", 0))
    return {one.code: dict(one.names) for one in said if one.code in CALLERS}


def _secret(client: str, now: int, connection: Connection) -> None:
    add_secret(connection, client, now, 90)


def test_without_a_store_nothing_is_said(tmp_path):
    """Before the first start nobody can have a secret."""
    assert found(configure(tmp_path, "https://hub.example")) == {}
    assert not (tmp_path / "hub.db").exists()


def test_clients_that_cannot_get_in_are_named(tmp_path):
    """Until each has a secret; an app that can keep none is not among them."""
    config = configure(tmp_path, "https://hub.example")
    hub = wire(load_settings(config))
    lacking = found(config)["CLIENTS_WITHOUT_SECRET"]["clients"]
    assert "machine" in lacking
    assert "tablet" not in lacking
    now = int(Clock().seconds())
    for client in lacking.split(", "):
        hub.database.acting(partial(_secret, client, now))
    assert found(config) == {"SECRETS_GOOD": {}}


def test_a_secret_that_ends_is_announced_until_there_is_another(tmp_path):
    """Ten days before its end, with the day; a longer one beside it settles that."""
    config = configure(tmp_path, "https://hub.example")
    hub = wire(load_settings(config))
    now = int(Clock().seconds())
    hub.database.acting(lambda connection: add_secret(connection, "machine", now, 10))
    assert found(config)["SECRET_ENDING"]["client"] == "machine"
    hub.database.acting(lambda connection: add_secret(connection, "machine", now, 90))
    assert "SECRET_ENDING" not in found(config)


def test_a_key_that_lies_elsewhere_is_found(tmp_path):
    """A worker whose folder lacks the newest private key says so, and names it."""
    config = configure(tmp_path, "https://hub.example")
    hub = wire(load_settings(config))
    folder = hub.attendant.keys.folder
    made = hub.database.acting(lambda connection: rotate_key(connection, folder, int(Clock().seconds())))
    assert "SIGNING_KEY_ELSEWHERE" not in found(config)
    (folder / f"token-{made}.pem").unlink()
    assert found(config)["SIGNING_KEY_ELSEWHERE"] == {"kid": made}
