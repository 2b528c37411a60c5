"""What the doctor says of grants: those that end soon, have to be confirmed, or were not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hub.app import wire
from hub.clock import Clock
from hub.doctor.own import examine_hub
from hub.roster.grants import Grants
from hub.settings import load_settings
from tests.callers.stand import configure

GRANTS = {"GRANTS_ENDING", "GRANTS_TO_CONFIRM", "GRANTS_UNCONFIRMED"}


def found(config):
    """Findings about grants: code and what is named."""
    said = examine_hub(load_settings(config), config, Clock(), ("127.0.0.1", 0))
    return {one.code: one.names["grants"] for one in said if one.code in GRANTS}


def test_grants_that_need_somebody_are_named(tmp_path):
    """With what to do; a hub whose grants hold long says nothing, and so does one without a store."""
    config = configure(tmp_path, "https://hub.example")
    assert found(config) == {}
    hub = wire(load_settings(config))
    assert found(config) == {}
    today = Clock().today()
    changed: dict[str, dict[str, Any]] = {
        "ending": {"ends": today + timedelta(days=30)},
        "waiting": {"certified_until": today + timedelta(days=30)},
        "lapsed": {"certified_until": today - timedelta(days=1)},
        "long": {"certified_until": today + timedelta(days=31)},
        "over": {"ends": today - timedelta(days=1)},
    }

    def put(connection):
        grants = Grants(connection, 0)
        first = grants.current()[0]
        for name, parts in changed.items():
            grants.put(replace(first, id=name, **parts), "somebody")

    hub.database.acting(put)
    assert found(config) == {"GRANTS_ENDING": "ending", "GRANTS_TO_CONFIRM": "waiting", "GRANTS_UNCONFIRMED": "lapsed"}
    hub.database.close()
