"""What administrators do to people, clients and departments, and what is done about deputies and emergencies: the schema's
`StaffDeeds`, `StandingInDeeds` and their questions, over one transaction.
"""

from collections.abc import Mapping, Sequence

import strawberry

from auth.roles import Role
from auth.standing import Stopped
from hub.acts import breaking_glass, deputising, registering
from hub.acts.appointing import appoint
from hub.acts.doing import Doing
from hub.acts.recovering import waiting_recoveries
from hub.acts.staffing import Staffing
from hub.callers.client_secrets import list_credentials
from hub.callers.people import Account
from hub.callers.stopping import Freeze, list_frozen
from hub.clock import rfc3339_of
from hub.settings_tables import ClientTable
from schema.enums import Office, StopKind
from schema.staff import (
    AppointOutcome,
    BindingItem,
    ClientInput,
    ClientItem,
    DepartmentInput,
    DepartmentItem,
    FreezeItem,
    PersonItem,
    StaffOutcome,
)
from schema.standing_in import DeputyItem, DeputyOutcome, EmergencyInput, EmergencyItem, EmergencyOutcome


class Staff(Staffing):
    """Everything the system administrator does."""

    def put_department(self, given: DepartmentInput) -> StaffOutcome:
        """Add or change a department."""
        return registering.put_one_department(self._doing, given)

    def end_department(self, code: str) -> StaffOutcome:
        """End a department to which nothing belongs."""
        return registering.end_department(self._doing, code)

    def put_client(self, given: ClientInput) -> StaffOutcome:
        """Register or change a client."""
        return registering.put_one_client(self._doing, given)

    def end_client(self, name: str) -> StaffOutcome:
        """End a client."""
        return registering.end_client(self._doing, name)

    def appoint(self, username: str, office: Office) -> AppointOutcome:
        """Propose somebody for an office, or confirm them."""
        return appoint(self._doing, username, office)


class StandingIn:
    """Deputies and emergencies, done."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing

    def appoint_deputy(self, principal: str | None, deputy: str, period: tuple[str, str], reason: str) -> DeputyOutcome:
        """Let somebody act for somebody else."""
        return deputising.appoint_deputy(self._doing, principal, deputy, period, reason)

    def confirm_deputy(self, name: str) -> DeputyOutcome:
        """Confirm the deputy of an officer."""
        return deputising.confirm_deputy(self._doing, name)

    def end_deputy(self, name: str) -> DeputyOutcome:
        """End a deputy's time."""
        return deputising.end_deputy(self._doing, name)

    def break_glass(self, given: EmergencyInput) -> EmergencyOutcome:
        """Open fields in an emergency."""
        return breaking_glass.break_glass(self._doing, given)

    def end_emergency(self, name: str) -> EmergencyOutcome:
        """End one before its time."""
        return breaking_glass.end_emergency(self._doing, name)

    def review_emergency(self, name: str, finding: str, *, justified: bool) -> EmergencyOutcome:
        """Review one that is over."""
        return breaking_glass.review_emergency(self._doing, name, finding, justified=justified)


class StandingInLook:
    """Deputies and emergencies, told."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing

    def deputies(self) -> Sequence[DeputyItem]:
        """Those that concern the caller."""
        return deputising.shown_deputies(self._doing)

    def emergencies(self) -> Sequence[EmergencyItem]:
        """Those that concern the caller."""
        return breaking_glass.shown_emergencies(self._doing)


class StaffLook:
    """People, clients and departments as the administrators see them."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing
        self._freezes = list_frozen(doing.connection)
        self._frozen = {(one.kind, one.name) for one in self._freezes}
        self._recovering = waiting_recoveries(doing)

    def people(self) -> Sequence[PersonItem]:
        """Everybody; names for the system administrator only."""
        named = self._doing.access.caller.client.role is Role.ADMIN
        return [self._person(one, named=named) for one in self._doing.people.all()]

    def clients(self) -> Sequence[ClientItem]:
        """Every client there is, by id."""
        now = self._doing.occasion.now
        held: dict[str, int] = {}
        for one in list_credentials(self._doing.connection):
            held[one.client] = held.get(one.client, 0) + one.holds(now)
        found = self._doing.roster().clients
        return [self._client(found[name], held.get(name, 0)) for name in sorted(found)]

    def departments(self) -> Sequence[DepartmentItem]:
        """Every department there is, by code."""
        found = self._doing.roster().departments
        return [
            DepartmentItem(
                code=code,
                label=found[code].label,
                label_en=found[code].label_en,
                contact=found[code].contact,
                how_to_request=found[code].how_to_request,
                frozen=(Stopped.DEPARTMENT, code) in self._frozen,
            )
            for code in sorted(found)
        ]

    def freezes(self) -> Sequence[FreezeItem]:
        """All that is frozen now, the longest first."""
        return [self._freeze(one) for one in self._freezes]

    def _freeze(self, one: Freeze) -> FreezeItem:
        roster, name, label = self._doing.roster(), one.name, None
        if one.kind is Stopped.PERSON and (found := self._doing.people.of_id(name)) is not None:
            name = found.username or name
        elif one.kind is Stopped.CLIENT and name in roster.clients:
            label = roster.clients[name].label
        elif one.kind is Stopped.DEPARTMENT and name in roster.departments:
            label = roster.departments[name].label
        since = rfc3339_of(one.since)
        kind = StopKind[one.kind.name]
        return FreezeItem(kind=kind, name=name, label=label, since=since, reason=one.reason)  # type: ignore[arg-type]

    def _person(self, one: Account, *, named: bool) -> PersonItem:
        return PersonItem(
            id=strawberry.ID(one.id),
            username=one.username,
            label=one.label if named else None,
            department=one.department,
            role=one.role.value,
            purposes=list(one.purposes),
            bindings=_bindings(one.bindings),
            second_factor=one.second_factor is not None,
            recovery_waits=one.id in self._recovering,
            frozen=self._is_frozen((Stopped.PERSON, one.id), one.department),
        )

    def _client(self, one: ClientTable, secrets: int) -> ClientItem:
        registration = one.registration()
        return ClientItem(
            id=one.id,
            label=one.label,
            department=one.department,
            role=one.role.value,
            purposes=list(one.purposes),
            bindings=_bindings(one.bindings),
            authentication=one.authentication.value,
            machine=registration.machine,
            sign_in=one.sign_in,
            portal=one.portal,
            redirect_uris=list(one.redirect_uris),
            device=one.device,
            dpop=one.dpop,
            pushed=one.pushed,
            secrets=secrets,
            frozen=self._is_frozen((Stopped.CLIENT, one.id), one.department),
        )

    def _is_frozen(self, own: tuple[Stopped, str], department: str) -> bool:
        return own in self._frozen or (Stopped.DEPARTMENT, department) in self._frozen


def _bindings(found: Mapping[str, tuple[str, ...]]) -> list[BindingItem]:
    return [BindingItem(name=name, values=list(values)) for name, values in sorted(found.items())]
