"""The inbox of a caller: what came, and taking notice that it was read. A client that acts for itself has none."""

from collections.abc import Sequence

import strawberry

from auth.roles import Role
from hub.acts.doing import Doing, bad_input
from hub.clock import rfc3339_of
from hub.notices.leading import page_of
from hub.notices.naming import Naming
from hub.notices.spreading import text_of, title_of
from hub.store.deliveries import Delivery, DeliveryState, inbox, mark_read
from hub.store.outbox import Notice as Put
from hub.store.outbox import read_notices
from schema.inbox import Notice, ReadOutcome

_MOST = 100
_DIGITS = 18
"""Of a number that every store can hold."""


def list_inbox(doing: Doing, first: int, *, unread: bool) -> Sequence[Notice]:
    """Notices to the caller, the newest first; none for a client that acts for itself."""
    if not 1 <= first <= _MOST:
        raise bad_input(f"first 须在 1 到 {_MOST} 之间", f"first must lie between 1 and {_MOST}")
    person = doing.access.caller.person
    if person is None:
        return []
    came = inbox(doing.connection, person, first, unread=unread)
    found = read_notices(doing.connection, doing.vault, {one.notice for one in came})
    role = doing.access.caller.client.role
    offices = doing.roster().departments if came else {}
    naming = Naming(doing.rules.known.catalogue.fields, lambda: offices)
    return [_shown(found[one.notice], one, role, naming) for one in came if one.notice in found]


def read_inbox(doing: Doing, ids: Sequence[str]) -> ReadOutcome:
    """Mark notices as read; ids of others are passed over, as if there were none."""
    me = doing.person()
    if not 1 <= len(ids) <= _MOST:
        raise bad_input(f"ids 须为 1 到 {_MOST} 个编号", f"ids takes 1 to {_MOST} ids")
    numbers = {int(one) for one in ids if one.isascii() and one.isdecimal() and len(one) <= _DIGITS}
    read = mark_read(doing.connection, me, numbers, doing.occasion.now)
    told = {"notices": " ".join(map(str, read))}
    position = doing.record("NOTICES_READ", "READ" if read else "ALREADY", doing.vault.short("person", me), told)
    return ReadOutcome(read=[strawberry.ID(str(number)) for number in read], position=position)  # type: ignore[arg-type]


def _shown(notice: Put, delivery: Delivery, role: Role, naming: Naming) -> Notice:
    title, text = title_of(notice.event), text_of(notice, delivery.recipient.kind, naming)
    was_read = delivery.state is DeliveryState.READ and delivery.settled is not None
    return Notice(
        id=strawberry.ID(str(notice.number)),
        event=notice.event,
        title=title.zh,
        title_en=title.en,
        text=text.zh,
        text_en=text.en,
        page=page_of(notice.event, notice.body.get("params", {}), delivery.recipient.kind, role.value) or None,
        made_at=rfc3339_of(notice.made),  # type: ignore[arg-type]
        read_at=rfc3339_of(delivery.settled or 0) if was_read else None,  # type: ignore[arg-type]
    )
