"""What is in force now, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, Table

from auth.caller import Client
from auth.grants import Grant
from auth.server.registration import Registration
from hub.roster.grants import Grants
from hub.roster.versions import Version, Versions, changed
from hub.settings_tables import ClientTable, DepartmentTable
from hub.store import access_tables as tables

log = structlog.get_logger()
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Roster:
    """Departments, clients and grants; `changed` is the pulse at their last change."""

    departments: Mapping[str, DepartmentTable]
    clients: Mapping[str, ClientTable]
    grants: tuple[Grant, ...]
    changed: int

    @property
    def registrations(self) -> Mapping[str, Registration]:
        """The clients as the authorisation server knows them."""
        return {name: client.registration() for name, client in self.clients.items()}

    @property
    def callers(self) -> Mapping[str, Client]:
        """The clients as tokens name them."""
        return {name: found.client for name, found in self.registrations.items()}


def load_roster(connection: Connection, now: int) -> Roster:
    """Everything that is in force; what cannot be read is not honoured, and the log says so."""
    return Roster(
        departments=_read(connection, tables.departments, DepartmentTable, now),
        clients=_read(connection, tables.clients, ClientTable, now),
        grants=tuple(Grants(connection, now).current()),
        changed=changed(connection),
    )


def put_department(connection: Connection, department: DepartmentTable, by: str, now: int) -> int:
    """Record a department as it is from now on; the number of its version."""
    return Versions(connection, tables.departments, now).put(department.code, _body(department), by)


def put_client(connection: Connection, client: ClientTable, by: str, now: int) -> int:
    """Record a client as it is from now on; the number of its version."""
    return Versions(connection, tables.clients, now).put(client.id, _body(client), by, department=client.department)


def retire_department(connection: Connection, code: str, by: str, now: int) -> bool:
    """Have this department no more; False if there is none."""
    return Versions(connection, tables.departments, now).retire(code, by)


def retire_client(connection: Connection, name: str, by: str, now: int) -> bool:
    """Have this client no more; False if there is none."""
    return Versions(connection, tables.clients, now).retire(name, by)


def _body(model: BaseModel) -> dict[str, object]:
    return model.model_dump(mode="json", exclude_defaults=True)


def _read(connection: Connection, table: Table, model: type[Model], now: int) -> dict[str, Model]:
    read = ((version.id, _parsed(version, model)) for version in Versions(connection, table, now).current())
    return {name: found for name, found in read if found is not None}


def _parsed(version: Version, model: type[Model]) -> Model | None:
    try:
        return model.model_validate(version.body)
    except ValidationError:
        log.warning("cannot be read and is not honoured", id=version.id, version=version.number)
        return None
