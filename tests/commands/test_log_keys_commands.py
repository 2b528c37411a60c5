"""`chengxin-hub keys log | rotate-log | retire-log`: the record's keys change, with a time in which both sign."""

import asyncio

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hub.app import wire
from hub.audit.keeping import newest
from hub.audit.note import read_note
from hub.audit.receipt import read_keys
from hub.audit.sm2 import Sm2Verifier
from hub.cli_operating import event
from hub.settings import load_settings
from tests.commands.office import opened


@pytest.fixture
def office(tmp_path):
    """A hub."""
    with opened(tmp_path / "hub") as found:
        yield found


async def signed(office):
    """Start the hub anew, have it make a checkpoint, and stop it: the numbers of the keys that signed."""
    hub = wire(load_settings(office.folder / "hub.toml"))
    hub.attendant.perform(lambda ledger: ledger.record(_event()))
    while await hub.sequencer.advance():
        pass
    kept, published = hub.database.reading(newest), hub.sequencer.log.keys.published()
    assert kept is not None
    hub.sequencer.log.open(kept.note)
    hub.database.close()
    return [one.key_id.hex() for one in read_note(kept.note).signatures], published


def _event():
    return event("SELF_CHECKED", "GRANTED", "")


async def test_a_key_is_replaced_with_overlap(office):
    """Listed, added, both sign, the old one retired; what it signed holds, and verify-audit says so."""
    (old,), _ = await signed(office)
    assert "signs" in office.done("keys", "log").stdout
    assert "only key" in office.refused("keys", "retire-log", old, code=1)
    new = office.done("keys", "rotate-log").stdout.strip()
    assert "two keys sign" in office.refused("keys", "rotate-log", code=1)
    assert "not signed a checkpoint" in office.refused("keys", "retire-log", old, code=1)
    both, published = await signed(office)
    assert set(both) == {old, new}
    assert len(published) == 2
    assert "no key with this number" in office.refused("keys", "retire-log", "00000000", code=1)
    office.done("keys", "retire-log", old)
    folder = office.folder / "keys"
    assert {path.name for path in folder.glob("log*")} == {"log-2.pem", f"log-{old}.vkey"}
    last, published = await signed(office)
    assert (last, len(published)) == ([new], 2)
    lines = office.done("keys", "log").stdout.splitlines()
    assert [(line.split()[0], "retired" in line) for line in lines] == [(new, False), (old, True)]
    assert "differences 0" in office.done("verify-audit").stdout
    acts = [act for act in office.acts() if act[0].startswith("LOG_KEY")]
    assert acts == [("LOG_KEY_ADDED", "ED25519"), ("LOG_KEY_RETIRED", "GRANTED")]


async def test_a_line_of_sm2_beside(office):
    """A key of SM2 signs as well; its line verifies, is published, and is no substitute for the other."""
    made = office.done("keys", "rotate-log", "--sm2").stdout.strip()
    assert (office.folder / "keys/log.sm2").stat().st_mode & 0o777 == 0o600
    numbers, published = await signed(office)
    assert made in numbers
    assert len(numbers) == 2
    keys = read_keys(published)
    (national,) = (key for key in keys if isinstance(key, Sm2Verifier))
    hub = wire(load_settings(office.folder / "hub.toml"))
    kept = hub.database.reading(newest)
    assert kept is not None
    note = read_note(kept.note)
    hub.database.close()
    (line,) = (one for one in note.signatures if one.key_id == national.key_id)
    national.verify(note.text.encode(), line.value)
    for message, value in (
        (b"other\n", line.value),
        (note.text.encode(), bytes([line.value[0] ^ 1]) + line.value[1:]),
        (b"x", b"short"),
    ):
        with pytest.raises(ValueError, match="does not fit"):
            national.verify(message, value)
    secret = (office.folder / "keys/log.sm2").read_text().strip()
    assert secret.encode() not in office.store()
    office.done("keys", "retire-log", made)
    assert not (office.folder / "keys/log.sm2").exists()


@pytest.mark.parametrize("content", ["", "00" * 32, "zz" * 32, "ab" * 31])
def test_a_file_that_holds_no_key_of_sm2(office, content):
    """It stops the start, and the file is named."""
    (office.folder / "keys/log.sm2").write_text(content)
    assert "log.sm2" in office.refused("keys", "log", code=1)


def test_a_key_that_is_missing_or_anothers_stops_every_command(office):
    """Without the key that signed, and with another in its place, there is no start; nothing makes a new one."""
    office.done("keys", "log")
    key = office.folder / "keys/log.pem"
    pem = key.read_bytes()
    wire(load_settings(office.folder / "hub.toml")).database.close()
    office.hub.attendant.perform(lambda ledger: ledger.record(_event()))
    asyncio.run(office.hub.sequencer.advance())
    key.unlink()
    assert "log.pem" in office.refused("keys", "log", code=1)
    assert not key.exists()
    (office.folder / "keys/log-2.pem").write_bytes(_another())
    assert "another key" in office.refused("keys", "log", code=1)
    (office.folder / "keys/log-2.pem").unlink()
    key.write_bytes(pem)
    office.done("keys", "log")


def _another():
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
