"""What the hub says of itself to one caller: who they are, which purposes and fields they have, how the sources are.

Tells of held and requestable fields only; a hidden one is nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auth.access import Access
from auth.purposes import Purpose
from hub.clock import rfc3339
from hub.health import SourceBook
from hub.plan.model import ENTITY, Topology
from schema.catalogue import Catalogue
from schema.enums import CaseState, FieldStanding, Scenario, SensitivityClass, SharingAttribute
from schema.query import CatalogueItem, Me, PurposeItem, SourceHealth, StoreDesk


@dataclass(frozen=True, slots=True)
class AccessDesk:
    """The `Desk` of one access; `opened` is its side of the store, where it is asked for what lies there."""

    access: Access
    known_purposes: Mapping[str, Purpose]
    fields: Catalogue
    topology: Topology
    health: SourceBook
    opened: StoreDesk | None = None
    case_state: CaseState | None = None

    def me(self) -> Me:
        """Who is asking, for what, and until when that holds."""
        client = self.access.caller.client
        until = self.access.valid_until
        return Me(
            client=client.id or None,
            label=client.label,
            department=client.department or None,
            role=client.role.value,
            person=self.access.caller.person,
            acting_for=self.access.caller.principal,  # type: ignore[arg-type]
            purpose=self.access.purpose,
            case=self.access.case,
            case_state=self.case_state,
            valid_until=rfc3339(until) if until else None,  # type: ignore[arg-type]
        )

    def purposes(self) -> Sequence[PurposeItem]:
        """Purposes the caller may use."""
        allowed = (self.known_purposes[c] for c in self.access.caller.allowed_purposes() if c in self.known_purposes)
        return [
            PurposeItem(
                code=purpose.code,
                label=purpose.zh,
                label_en=purpose.en,
                scenario=Scenario[purpose.scenario] if purpose.scenario else None,
                requires_case=purpose.requires_case,
                requires_consent=purpose.requires_consent,
                verifies_case=purpose.verifies_case,
            )
            for purpose in allowed
        ]

    def catalogue(self, record: str | None) -> Sequence[CatalogueItem]:
        """Fields the caller holds or can request, of one record or of all."""
        names = (n for n in self.fields.fields if n in self.access.policy.visible)
        return [self._item(name) for name in names if record is None or name.startswith(f"{record}.")]

    def sources(self) -> Sequence[SourceHealth]:
        """The sources of records the caller holds or can request; how they run is for administrators and owners."""
        return self.health.read(self.access)

    @property
    def store(self) -> StoreDesk:
        """What the store says; it is opened where a root is asked that is offered to some roles only."""
        if self.opened is None:
            raise RuntimeError("the store was not opened")
        return self.opened

    def _item(self, coordinate: str) -> CatalogueItem:
        rule = self.fields.rule(coordinate)
        clauses = self.access.policy.held.get(coordinate, ())
        owner = self.topology.owners[rule.record if rule.record in self.topology.owners else ENTITY]
        return CatalogueItem(
            field=coordinate,
            label=rule.zh,
            label_en=rule.en,
            scope=rule.scope.value,
            sensitivity=SensitivityClass[rule.sensitivity.name],
            sharing=SharingAttribute[rule.sharing.name],
            standing=FieldStanding.HELD if clauses else FieldStanding.REQUESTABLE,
            masked=any(clause.masked for clause in clauses),
            filtered=bool(clauses) and all(clause.rows for clause in clauses),
            owner=owner.label,
            connected=owner.connected,
            how_to_request=None if clauses else owner.how_to_request,
        )
