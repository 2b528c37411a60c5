"""Deliveries in the store: one for each recipient of a notice and channel by which they are told.

Whoever takes one holds it for a while; if it ends meanwhile, somebody else takes it again. For one recipient and channel
nothing is taken while an older one waits, so that notices come in their order; nobody else's wait for it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update

from hub.events import Channel
from hub.store.notice_tables import deliveries

HELD = 60
"""Seconds for which whoever took a delivery may take to make it."""
LONGEST = 600
"""Seconds between two tries at most."""
_MAX_DOUBLINGS = 10
_MOST = 20


class DeliveryState(StrEnum):
    """What became of a delivery. Of several channels the last one is given up; the others failed."""

    WAITING = "WAITING"
    SENT = "SENT"
    READ = "READ"
    FAILED = "FAILED"
    GIVEN_UP = "GIVEN_UP"


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """Who is told: the kind – CLIENT, DEPARTMENT, ENTITY, NOBODY, PERSON – and the id or code of one."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery; `place` counts those of its notice, `channel` is None where there was none."""

    notice: int
    place: int
    recipient: Recipient
    channel: Channel | None
    opened: int
    deadline: int
    state: DeliveryState
    tries: int
    settled: int | None
    fault: str | None


def open_delivery(
    connection: Connection, notice: int, recipient: Recipient, channel: Channel, times: tuple[int, int]
) -> None:
    """Open one; `times` are now and its deadline. What comes into an inbox is there at once."""
    now, deadline = times
    there = channel is Channel.IN_APP
    state = DeliveryState.SENT if there else DeliveryState.WAITING
    opened = {"channel": channel.value, "state": state.value, "settled_at": now if there else None}
    _insert(
        connection, notice, recipient, {**opened, "opened_at": now, "deadline": deadline, "watched_until": deadline}
    )


def open_given_up(connection: Connection, notice: int, recipient: Recipient, now: int, fault: str) -> None:
    """Leave it on record that a recipient was not told, by any channel."""
    state = {"channel": "", "state": DeliveryState.GIVEN_UP.value, "settled_at": now, "fault": fault}
    _insert(connection, notice, recipient, {**state, "opened_at": now, "deadline": now})


def channels_due(connection: Connection, now: int) -> set[Channel]:
    """Channels by which something may be delivered now."""
    found = connection.execute(select(deliveries.c.channel).where(*_due(now)).distinct())
    return {Channel(row.channel) for row in found}


def take(connection: Connection, channel: Channel, most: int, now: int) -> list[Delivery]:
    """Deliveries of a channel, the oldest of each recipient, held for whoever asked."""
    query = select(deliveries).where(deliveries.c.channel == channel.value, *_due(now))
    rows = connection.execute(query.order_by(deliveries.c.notice).limit(most)).all()
    for row in rows:
        _set(connection, row.notice, row.place, {"held_until": now + HELD})
    return [read(row) for row in rows]


def waits(connection: Connection, delivery: Delivery) -> bool:
    """True if nobody settled it meanwhile."""
    held = select(deliveries.c.state).where(*_is(delivery.notice, delivery.place))
    return connection.execute(held).scalar() == DeliveryState.WAITING.value


def settle(
    connection: Connection, delivery: Delivery, state: DeliveryState, now: int, fault: str | None = None
) -> None:
    """Say what became of one."""
    values = {"state": state.value, "settled_at": now, "held_until": None, "watched_until": None, "fault": fault}
    _set(connection, delivery.notice, delivery.place, values)


def put_off(connection: Connection, delivery: Delivery, now: int, fault: str) -> None:
    """Have one tried again, later each time."""
    wait = min(LONGEST, 2 ** min(delivery.tries, _MAX_DOUBLINGS))
    values = {"tries": delivery.tries + 1, "next_at": now + wait, "held_until": None, "fault": fault}
    _set(connection, delivery.notice, delivery.place, values)


def overdue(connection: Connection, now: int) -> list[Delivery]:
    """Deliveries after whose deadline the next channel is tried. What could not be tried once because the hub did not
    run is tried first; what waits behind an older one is not waited for.
    """
    table = deliveries
    tried = or_(table.c.tries > 0, _older_waits())
    waiting = and_(table.c.state == DeliveryState.WAITING.value, _free(now), tried)
    query = select(table).where(table.c.watched_until <= now, or_(waiting, table.c.state == DeliveryState.SENT.value))
    return [read(row) for row in connection.execute(query.order_by(table.c.notice, table.c.place).limit(_MOST))]


def watch(connection: Connection, delivery: Delivery, until: int | None) -> None:
    """Say when it is looked at again whether another channel is tried; None: never, though it may still be read."""
    _set(connection, delivery.notice, delivery.place, {"watched_until": until})


def channels_tried(connection: Connection, notice: int, recipient: Recipient) -> set[str]:
    """Channels by which somebody was told of a notice, or was to be."""
    query = select(deliveries.c.channel).where(deliveries.c.notice == notice, *_to(recipient))
    return {row.channel for row in connection.execute(query)}


def deliveries_of(connection: Connection, numbers: set[int]) -> list[Delivery]:
    """Deliveries of these notices, in their order."""
    query = select(deliveries).where(deliveries.c.notice.in_(numbers))
    return [read(row) for row in connection.execute(query.order_by(deliveries.c.notice, deliveries.c.place))]


def inbox(connection: Connection, person: str, most: int, *, unread: bool) -> list[Delivery]:
    """What came into the inbox of a person, the newest first."""
    states = [DeliveryState.SENT] if unread else [DeliveryState.SENT, DeliveryState.READ]
    own = _to(Recipient("PERSON", person))
    query = select(deliveries).where(*own, deliveries.c.channel == Channel.IN_APP.value, deliveries.c.state.in_(states))
    return [read(row) for row in connection.execute(query.order_by(deliveries.c.notice.desc()).limit(most))]


def mark_read(connection: Connection, person: str, numbers: set[int], now: int) -> list[int]:
    """Numbers of the notices that a person had not read until now; what still waits of them is not sent any more."""
    own = _to(Recipient("PERSON", person))
    lies = (*own, deliveries.c.channel == Channel.IN_APP.value, deliveries.c.state == DeliveryState.SENT.value)
    query = select(deliveries.c.notice).where(*lies, deliveries.c.notice.in_(numbers))
    found = sorted(row.notice for row in connection.execute(query))
    if found:
        inboxes = deliveries.c.channel == Channel.IN_APP.value
        open_ = or_(and_(inboxes, deliveries.c.state == "SENT"), deliveries.c.state == DeliveryState.WAITING.value)
        rows = update(deliveries).where(*own, deliveries.c.notice.in_(found), open_)
        connection.execute(
            rows.values(state=DeliveryState.READ.value, settled_at=now, held_until=None, watched_until=None)
        )
    return found


def read(row: Row[Any]) -> Delivery:
    """A delivery from its row."""
    return Delivery(
        notice=row.notice,
        place=row.place,
        recipient=Recipient(row.kind, row.name),
        channel=Channel(row.channel) if row.channel else None,
        opened=row.opened_at,
        deadline=row.deadline,
        state=DeliveryState(row.state),
        tries=row.tries,
        settled=row.settled_at,
        fault=row.fault,
    )


def _due(now: int) -> tuple[Any, ...]:
    table = deliveries
    # A clock that was put back must not hold anything up for longer than a try would.
    time = or_(table.c.next_at <= now, table.c.next_at > now + LONGEST)
    return table.c.state == DeliveryState.WAITING.value, time, _free(now), ~_older_waits()


def _free(now: int) -> Any:
    held = deliveries.c.held_until
    return or_(held.is_(None), held <= now, held > now + HELD)


def _older_waits() -> Any:
    older = deliveries.alias()
    same = [older.c[name] == deliveries.c[name] for name in ("kind", "name", "channel", "state")]
    waiting = older.c.state == DeliveryState.WAITING.value
    return exists().where(*same, waiting, older.c.notice < deliveries.c.notice)


def _to(recipient: Recipient) -> tuple[Any, ...]:
    return deliveries.c.kind == recipient.kind, deliveries.c.name == recipient.name


def _is(notice: int, place: int) -> tuple[Any, ...]:
    return deliveries.c.notice == notice, deliveries.c.place == place


def _set(connection: Connection, notice: int, place: int, values: dict[str, Any]) -> None:
    connection.execute(update(deliveries).where(*_is(notice, place)).values(values))


def _insert(connection: Connection, notice: int, recipient: Recipient, values: dict[str, Any]) -> None:
    last = select(func.coalesce(func.max(deliveries.c.place), 0)).where(deliveries.c.notice == notice)
    place = connection.execute(last).scalar_one() + 1
    row = {"notice": notice, "place": place, "kind": recipient.kind, "name": recipient.name, "tries": 0}
    connection.execute(insert(deliveries).values({**row, "next_at": values["opened_at"], **values}))
