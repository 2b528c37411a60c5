"""The policy of the golden world as a table: one line a field, one column a caller and purpose."""

from datetime import timedelta

from auth.access import Access, Refusal
from auth.admission import Credentials
from auth.roles import ROLE_LABELS
from hub.app import Hub
from tests.golden.folder import NOW

_REFUSED = {
    Refusal.FIELD_DENIED: "ask",
    Refusal.GRANT_EXPIRED: "expired",
    Refusal.PURPOSE_NOT_ALLOWED: "purpose",
}
_LEGEND = """\
held     in clear, for every row          held/f    in clear, for some rows only
masked   masked, for every row            masked/f  masked, for some rows only
mixed    in clear for some rows, masked for others
ask      requestable: never granted       expired   requestable: the grant has run out
purpose  requestable: granted for another purpose
-        hidden: as if there were no such field
"""


def policy_table(hub: Hub) -> str:
    """The table, with what its words and its columns mean."""
    columns = [_access(hub, client, purpose) for client, purpose in _asking(hub)]
    names = [f"{number:02}" for number, _ in enumerate(columns, 1)]
    heads = [
        f"{n}  {a.caller.client.id or 'public'} ({_role(a)}) for {a.purpose}"
        for n, a in zip(names, columns, strict=True)
    ]
    fields = sorted(hub.gateway.wording.catalogue.fields)
    width = max(map(len, fields))
    lines = [f"{'field':<{width}}  " + "  ".join(f"{name:<8}" for name in names)]
    lines += [f"{one:<{width}}  " + "  ".join(f"{_standing(a, one):<8}" for a in columns) for one in fields]
    return "\n".join([_LEGEND, *heads, "", *(line.rstrip() for line in lines)]) + "\n"


def _asking(hub: Hub) -> list[tuple[str | None, str]]:
    public = next(purpose.code for purpose in hub.settings.purposes if purpose.public)
    return [(None, public), *((c.id, p) for c in hub.settings.clients.values() for p in c.purposes)]


def _access(hub: Hub, client: str | None, purpose: str) -> Access:
    token = hub.issuer.issue(client, NOW, timedelta(hours=1)) if client else None
    return hub.gateway.admit(Credentials(token, purpose, "golden"))


def _role(access: Access) -> str:
    return ROLE_LABELS[access.caller.client.role][1]


def _standing(access: Access, coordinate: str) -> str:
    clauses = access.policy.held.get(coordinate, ())
    if not clauses:
        refusal = access.policy.requestable.get(coordinate)
        return _REFUSED[refusal] if refusal else "-"
    if len({clause.masked for clause in clauses}) == 2:
        return "mixed"
    held = "masked" if clauses[0].masked else "held"
    return f"{held}/f" if all(clause.rows for clause in clauses) else held
