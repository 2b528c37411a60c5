"""What is said and recorded when a quota is used up: once a day, to the department whose grant it is."""

from sqlalchemy import Connection

from auth.access import Access
from auth.grants import Grant
from hub.audit.act import Act, append_act
from hub.callers.ledger import Occasion
from hub.callers.vault import Vault
from hub.events import Event
from hub.notices.telling import Concerned, News, tell
from hub.notices.wording import Params
from hub.quota.book import Holder


def tell_full(connection: Connection, vault: Vault, occasion: Occasion, whose: tuple[Access, Holder, Grant]) -> None:
    """Leave an entry, and tell the client's department, in the transaction that found the quota used up."""
    access, holder, grant = whose
    client, person = access.caller.client, access.caller.person
    kind, limit = bound_of(holder, grant)
    told = {
        "department": client.department,
        "grant": grant.id,
        "kind": kind,
        "purpose": access.purpose,
        "role": client.role.value,
    }
    made = Act(
        at=occasion.at,
        request_id=occasion.request_id,
        act="QUOTA_REACHED",
        outcome="REFUSED",
        client=client.id,
        person=vault.short("person", person or ""),
        told=told,
    )
    append_act(connection, made)
    if client.id and limit is not None:
        said: Params = {"client": client.id, "day": holder.day, "grant": grant.id, "kind": kind, "limit": limit}
        tell(connection, vault, News(Event.QUOTA_REACHED, said, Concerned(client=client.id)), occasion.now)


def bound_of(holder: Holder, grant: Grant) -> tuple[str, int | None]:
    """What a holder's quota counts, and how many of it a day."""
    if holder.name.startswith("department:"):
        return "RECORDS", grant.records_a_day
    return "ENTITIES", grant.entities_a_day
