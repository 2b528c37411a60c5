"""What the configuration says of departments, clients and grants, taken into the store – until there are officers.

While nobody holds an office, the operator's file is all there is, and every start follows it. From the first system,
security or audit administrator on the store leads: whoever can write a file must not thereby give themselves access. What
somebody changed since is never taken back by a file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Table, select

from auth.roles import ADMINISTRATORS
from hub.roster.grants import Grants
from hub.roster.versions import Versions
from hub.settings import Settings
from hub.settings_grants import written
from hub.store import access_tables as tables
from hub.store.caller_tables import people


@dataclass(frozen=True, slots=True)
class Difference:
    """What the file and the store say differently: the table, the id, and whether the file has it at all."""

    table: str
    id: str
    in_file: bool
    take: Callable[[], object]


def follow(connection: Connection, settings: Settings, now: int) -> dict[str, int]:
    """Make the store say what the file says, in a transaction in which nobody else writes; how much of what was changed."""
    taken: dict[str, int] = {}
    for one in differences(connection, settings, now):
        one.take()
        taken[one.table] = taken.get(one.table, 0) + 1
    return taken


def follows(connection: Connection, settings: Settings) -> bool:
    """True while the file leads: nobody ever held an office, or it is the demo's, whose file only the demo writes."""
    offices = [role.value for role in ADMINISTRATORS]
    query = select(people.c.id).where(people.c.role.in_(offices)).limit(1)
    return settings.hub.deterministic or connection.execute(query).first() is None


def differences(connection: Connection, settings: Settings, now: int) -> Iterator[Difference]:
    """What the file says otherwise than the store, but for what somebody changed in the store."""
    departments = Versions(connection, tables.departments, now)
    clients = Versions(connection, tables.clients, now)
    grants = Grants(connection, now)
    homes = {name: client.department for name, client in settings.client_tables.items()}
    given = {grant.id: grant for grant in settings.grants}

    def put_department(name: str, body: Mapping[str, Any]) -> None:
        departments.put(name, body, tables.BY_FILE)

    def put_client(name: str, body: Mapping[str, Any]) -> None:
        clients.put(name, body, tables.BY_FILE, department=homes[name])

    def put_grant(name: str, _body: Mapping[str, Any]) -> None:
        grants.put(given[name], tables.BY_FILE)

    yield from _different(departments, _bodies(settings.departments), put_department)
    yield from _different(clients, _bodies(settings.client_tables), put_client)
    confirmed = {version.id: version.body.get("certified_until") for version in grants.versions.current()}
    said = {name: {"certified_until": confirmed.get(name), **written(one)} for name, one in given.items()}
    # Until when a grant is confirmed is the store's to say where the file says nothing of it.
    bodies = {name: {key: value for key, value in body.items() if value is not None} for name, body in said.items()}
    yield from _different(grants.versions, bodies, put_grant)


def _different(
    versions: Versions, said: Mapping[str, Mapping[str, Any]], put: Callable[[str, Mapping[str, Any]], None]
) -> Iterator[Difference]:
    table: Table = versions.table
    held, retired = {version.id: version for version in versions.current()}, versions.retired()
    for name, body in said.items():
        known = held.get(name)
        free = retired.get(name, tables.BY_FILE) if known is None else known.recorded_by
        if free == tables.BY_FILE and (known is None or known.body != body):
            yield Difference(str(table.name), name, in_file=True, take=partial(put, name, body))
    for name, known in held.items():
        if name not in said and known.recorded_by == tables.BY_FILE:
            take = partial(versions.retire, name, tables.BY_FILE)
            yield Difference(str(table.name), name, in_file=False, take=take)


def _bodies(said: Mapping[str, BaseModel]) -> dict[str, Mapping[str, Any]]:
    return {name: model.model_dump(mode="json", exclude_defaults=True) for name, model in said.items()}
