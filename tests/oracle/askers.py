"""Who asks in the little city; what each may see stands in `city.toml`."""

from dataclasses import dataclass

from auth.scopes import Scope


@dataclass(frozen=True, slots=True)
class Asker:
    """A client with the purpose it asks for and what its token narrows; no client is the public."""

    name: str
    client: str | None
    purpose: str | None = None
    scopes: tuple[Scope, ...] = ()


ASKERS = (
    Asker("public", None),
    Asker("everything", "amr-officer", "INSPECTION"),
    Asker("other purpose", "amr-officer", "APPROVAL"),
    Asker(
        "narrow token", "amr-officer", "INSPECTION", (Scope.ENTITY_IDENTITY, Scope.LICENCE_BASIC, Scope.ENTITY_COUNT)
    ),
    Asker("token without keys", "amr-officer", "INSPECTION", (Scope.REFERENCE_TABLE, Scope.ENTITY_REGISTER)),
    Asker("prefix", "health-officer"),
    Asker("own division", "health-clerk-gusu"),
    Asker("two divisions", "health-clerk-two"),
    Asker("no division", "health-clerk-none"),
    Asker("bank", "bank-one"),
    Asker("merchant", "merchant-one"),
    Asker("denied scopes", "amr-clerk", "INSPECTION"),
    Asker("denied for all", "amr-clerk", "APPROVAL"),
    Asker("expired", "credit-judge", "INSPECTION"),
    Asker("needs", "civil-steward"),
    Asker("records only", "school-one"),
    Asker("industry", "credit-approver"),
    Asker("nothing", "civil-dev"),
    Asker("two conditions", "credit-audit"),
    Asker("statuses", "credit-office"),
)
