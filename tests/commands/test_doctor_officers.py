"""What the doctor says of officers: that there are none yet, and where the file says otherwise than the store."""

from typing import Any

from hub.clock import Clock
from hub.doctor.own import examine_hub
from hub.settings import load_settings
from tests.callers.stand import configure
from tests.commands.office import opened
from tests.commands.test_officers_commands import FIRST

OFFICERS = {"FILE_DIFFERS", "OFFICES_OPEN"}


def found(config: Any) -> dict[str, Any]:
    """Findings about officers: code and names."""
    said = examine_hub(load_settings(config), config, Clock(), ("127.0.0.1", 0))
    return {one.code: dict(one.names) for one in said if one.code in OFFICERS}


def test_until_there_are_officers_it_is_said(tmp_path):
    """Before the first start, and after it; nothing is made by looking."""
    config = configure(tmp_path, "https://hub.example")
    assert found(config) == {"OFFICES_OPEN": {}}
    assert not (tmp_path / "hub.db").exists()
    with opened(tmp_path / "hub") as office:
        assert found(office.folder / "hub.toml") == {"OFFICES_OPEN": {}}
        office.done("bootstrap", *FIRST)
        assert found(office.folder / "hub.toml") == {}


def test_a_file_that_says_otherwise_is_found(tmp_path):
    """Once there are officers a change of the file changes nothing, and what differs is named."""
    with opened(tmp_path / "hub") as office:
        office.done("bootstrap", *FIRST)
        config = office.folder / "hub.toml"
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace('label = "审批系统"', 'label = "审批新系统"'), encoding="utf-8")
        assert found(config) == {"FILE_DIFFERS": {"names": "clients: machine"}}
