"""The store follows the file until there are officers, and never takes back what somebody changed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from auth.roles import Role
from hub.app import Hub, wire
from hub.callers.people import Account
from hub.clock import Clock
from hub.roster.grants import Grants
from hub.settings import load_settings
from tests.golden.folder import GOLDEN, NOW


@pytest.fixture
def start(tmp_path: Path, stored: Callable[[str], str]) -> Callable[..., Hub]:
    """Starts a hub on the same store, with an edited file."""
    text = stored((GOLDEN / "world/hub.toml").read_text(encoding="utf-8")).replace("deterministic = true\n", "")
    for part in (GOLDEN / "world").iterdir():
        (tmp_path / part.name).write_bytes(part.read_bytes())

    def started(*edits: tuple[str, str]) -> Hub:
        written = text
        for before, after in edits:
            assert before in written
            written = written.replace(before, after, 1)
        (tmp_path / "hub.toml").write_text(written, encoding="utf-8")
        return wire(load_settings(tmp_path / "hub.toml"), Clock(lambda: NOW))

    return started


def grant_of(hub: Hub, name: str):
    """A grant as the hub honours it."""
    return next((one for one in hub.gateway.admission.grants if one.id == name), None)


def fill_entries(hub: Hub) -> int:
    """How often the store was filled."""
    query = "SELECT count(*) FROM entries WHERE request_id = 'start'"
    return hub.database.reading(lambda connection: int(connection.exec_driver_sql(query).scalar_one()))


def appoint(hub: Hub, role: Role) -> None:
    """Give somebody an office."""
    account = Account("", "keeper", "甲", "operations", role)
    hub.attendant.perform(lambda ledger: ledger.people.add(account))


def test_the_file_leads_while_nobody_holds_an_office(start):
    """Every start takes what is new, other or gone; one that finds nothing different writes nothing."""
    hub = start()
    grants = hub.gateway.admission.grants
    basis, name = grants[0].legal_basis, grants[0].id
    assert {one.id for one in grants} == {one.id for one in hub.settings.grants}
    assert set(hub.roster.clients) == set(hub.settings.clients)
    assert set(hub.roster.departments) == set(hub.settings.departments)
    hub.database.close()
    again = start((f'legal_basis = "{basis}"', 'legal_basis = "另一依据"'))
    assert grant_of(again, name).legal_basis == "另一依据"
    history = again.database.reading(lambda c: Grants(c, 0).history(name))
    assert [(one.number, one.replaced_at is None) for one in history] == [(1, False), (2, True)]
    assert fill_entries(again) == 2
    again.database.close()
    same = start((f'legal_basis = "{basis}"', 'legal_basis = "另一依据"'))
    assert fill_entries(same) == 2
    same.database.close()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SEC, Role.AUDIT])
def test_the_store_leads_once_somebody_holds_an_office(start, role):
    """From the first officer on a file gives nobody anything."""
    hub = start()
    grant = hub.gateway.admission.grants[0]
    appoint(hub, role)
    hub.database.close()
    again = start((f'legal_basis = "{grant.legal_basis}"', 'legal_basis = "另一依据"'))
    assert grant_of(again, grant.id) == grant
    again.database.close()


def test_a_clerk_is_no_office(start):
    """Other people do not close the file."""
    hub = start()
    grant = hub.gateway.admission.grants[0]
    appoint(hub, Role.CLERK)
    hub.database.close()
    again = start((f'legal_basis = "{grant.legal_basis}"', 'legal_basis = "另一依据"'))
    assert grant_of(again, grant.id) == replace(grant, legal_basis="另一依据")
    again.database.close()


def test_what_somebody_changed_is_not_taken_back(start):
    """A grant that was ended in the store stays ended, whatever the file says."""
    hub = start()
    grant = hub.gateway.admission.grants[0]
    day = hub.gateway.clock.today()
    ended = hub.attendant.perform(lambda ledger: Grants(ledger.connection, ledger.now).end(grant, day, "somebody"))
    hub.database.close()
    again = start((f'legal_basis = "{grant.legal_basis}"', 'legal_basis = "另一依据"'))
    assert grant_of(again, grant.id) == ended
    assert again.database.reading(lambda c: Grants(c, 0).as_of(int(NOW.timestamp())))
    again.database.close()
