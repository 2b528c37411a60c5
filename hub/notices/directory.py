"""Who is behind a recipient now, and at which addresses they are reached: looked up when a notice is delivered.

Departments and clients are given as they are in force; people lie in the store, their addresses sealed. Of an entity the
hub knows no address: whoever carries a letter on, or calls, looks up its registered contact.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Row, select

from auth.roles import Role
from hub.events import Channel, Who
from hub.notices.telling import Concerned
from hub.store.caller_tables import people
from hub.store.deliveries import Recipient
from hub.store.outbox import Sealing

PERSON, ENTITY, CLIENT, DEPARTMENT, NOBODY = "PERSON", "ENTITY", "CLIENT", "DEPARTMENT", "NOBODY"
_ROLES = {Who.ADMIN: Role.ADMIN, Who.AUDIT: Role.AUDIT, Who.SEC: Role.SEC}


class Office(Protocol):
    """A department as it is reached."""

    @property
    def label(self) -> str: ...
    @property
    def label_en(self) -> str: ...
    @property
    def contact(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def webhook(self) -> str: ...


class System(Protocol):
    """A client, as far as its department is asked for."""

    @property
    def department(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Address:
    """Where a recipient is reached; empty texts where that is not known. `department` is the code, `name` as a letter is
    addressed, without the name of a person, `role` that of a person here.
    """

    name: str
    department: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    webhook: str = ""
    role: str = ""

    def leads(self, channel: Channel, kind: str) -> bool:
        """True if a recipient of this kind is reached by the channel."""
        match channel:
            case Channel.IN_APP:
                return kind == PERSON
            case Channel.WEBHOOK:
                return kind in (CLIENT, DEPARTMENT) and bool(self.webhook)
            case Channel.SMTP:
                return bool(self.email)
            case Channel.SMS:
                return bool(self.phone)
        return True


@dataclass(frozen=True, slots=True)
class Directory:
    """Finds recipients and their addresses."""

    sealing: Sealing
    departments: Callable[[], Mapping[str, Office]]
    clients: Callable[[], Mapping[str, System]]

    def recipients(self, connection: Connection, to: Sequence[Who], concerned: Concerned) -> list[Recipient]:
        """Everybody who is told now, each once, in the order in which they are named."""
        return list(dict.fromkeys(one for who in to for one in self._of(connection, who, concerned)))

    def address(self, connection: Connection, recipient: Recipient) -> Address | None:
        """Where somebody is reached; None if they are not here any more."""
        match recipient.kind:
            case "PERSON":
                query = select(people).where(people.c.id == recipient.name, people.c.ended_at.is_(None))
                row = connection.execute(query).first()
                return None if row is None else self._person(row)
            case "ENTITY":
                return Address(f"统一社会信用代码 {recipient.name}", contact="登记的联系方式")
            case "CLIENT":
                client = self.clients().get(recipient.name)
                return None if client is None else self._office(client.department)
            case "DEPARTMENT":
                return self._office(recipient.name)
        return None

    def _of(self, connection: Connection, who: Who, concerned: Concerned) -> list[Recipient]:
        match who:
            case Who.PERSON:
                return [Recipient(PERSON, person) for person in concerned.persons]
            case Who.ENTITY:
                return [Recipient(ENTITY, concerned.entity)] if concerned.entity else []
            case Who.CLIENT:
                client = concerned.client
                return [Recipient(CLIENT, client)] if client is not None and client in self.clients() else []
            case Who.DEPARTMENT:
                return self._department(concerned.department)
            case Who.STEWARDS:
                owners = dict.fromkeys(code for code in (concerned.owner, *concerned.owners) if code is not None)
                return [one for owner in owners for one in self._stewards(connection, owner)]
        return self._in_role(connection, _ROLES[who])

    def _stewards(self, connection: Connection, owner: str) -> list[Recipient]:
        """Stewards of a department. One without stewards here is told itself: its records are asked for all the same."""
        return self._in_role(connection, Role.STEWARD, people.c.department == owner) or self._department(owner)

    def _department(self, code: str | None) -> list[Recipient]:
        return [Recipient(DEPARTMENT, code)] if code and code in self.departments() else []

    def _in_role(self, connection: Connection, role: Role, *conditions: object) -> list[Recipient]:
        query = select(people.c.id).where(people.c.role == role.value, people.c.ended_at.is_(None), *conditions)  # type: ignore[arg-type]
        return [Recipient(PERSON, row.id) for row in connection.execute(query.order_by(people.c.id))]

    def _person(self, row: Row[tuple[object, ...]]) -> Address:
        office = self.departments().get(row.department)
        name = f"{office.label if office is not None else row.department}，人员 {row.id}"
        return Address(
            name=name,
            department=row.department,
            contact=office.contact if office is not None else "",
            email=self._opened(row.id, "email", row.email),
            phone=self._opened(row.id, "phone", row.phone),
            role=row.role,
        )

    def _office(self, code: str) -> Address | None:
        office = self.departments().get(code)
        if office is None:
            return None
        return Address(office.label, code, office.contact, office.email, office.phone, office.webhook)

    def _opened(self, person: str, column: str, sealed: bytes | None) -> str:
        try:
            return "" if sealed is None else self.sealing.open(f"people.{column}.{person}", sealed)
        except InvalidTag:
            return ""
