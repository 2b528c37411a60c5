"""What becomes of notices and deliveries in the store: recipients are found, and one channel follows another.

Everything here runs in a transaction in which nobody else writes, and has no effect outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from hub.events import DECLARED, Channel, Event, Who
from hub.notices.carriers import Letter, Undelivered
from hub.notices.directory import NOBODY, Address, Directory
from hub.notices.leading import calls_of, page_of
from hub.notices.naming import Naming, Text
from hub.notices.telling import read_concerned
from hub.notices.wording import word
from hub.settings_notices import Rule
from hub.store import deliveries, outbox
from hub.store.deliveries import Delivery, DeliveryState, Recipient
from hub.store.outbox import Notice, Sealing

log = structlog.get_logger()
_AT_A_TIME = 20
_LAST_RESORT = 24 * 3600
"""Seconds for which the last channel is tried at least: nobody is given up because a disk was full for a moment."""
_STRAY = Rule((Who.PERSON, Who.ENTITY, Who.CLIENT, Who.DEPARTMENT), (Channel.IN_APP, Channel.FOLDER), 60)
"""How an event is told that another version of the hub put here."""


@dataclass(frozen=True, slots=True)
class Post:
    """What is known of events and people here; `naming`: what departments and fields are called; `console`: address of this
    hub where it has a console, else empty.
    """

    sealing: Sealing
    rules: Mapping[Event, Rule]
    directory: Directory
    naming: Naming
    console: str = ""

    def spread(self, connection: Connection, now: int) -> int:
        """Find the recipients of notices that have none yet, and open a delivery for each; how many notices."""
        found = outbox.unspread(connection, self.sealing, now)
        for notice in found:
            rule = self._rule(notice.event)
            if rule.active:
                self._open_all(connection, notice, rule, now)
            outbox.spread(connection, notice.number, now)
        return len(found)

    def go_on(self, connection: Connection, now: int) -> int:
        """Try the next channel where one did not succeed in time; how many."""
        late = deliveries.overdue(connection, now)
        for delivery in late:
            if delivery.channel is not Channel.IN_APP:
                self._leave_late(connection, delivery, now, delivery.fault or "DEADLINE")
                continue
            deliveries.watch(connection, delivery, None)
            notice = self._notice(connection, delivery)
            if notice is not None:
                self._open_next(connection, notice, delivery.recipient, now)
        return len(late)

    def take(self, connection: Connection, channel: Channel, most: int, now: int) -> list[Letter]:
        """Letters for a channel, each held for whoever asked. Who is not here any more is not told."""
        taken = deliveries.take(connection, channel, most, now)
        notices = outbox.read_notices(connection, self.sealing, {one.notice for one in taken})
        letters = []
        for delivery in taken:
            notice, address = notices.get(delivery.notice), self.directory.address(connection, delivery.recipient)
            if notice is None or address is None:
                self._give_up(connection, delivery, now, "UNREADABLE" if notice is None else "GONE")
            elif not address.leads(channel, delivery.recipient.kind):
                self._fail(connection, delivery, now, "NO_ADDRESS")
            else:
                letters.append(self._letter(notice, (delivery, address), now))
        return letters

    def leave(self, connection: Connection, channel: Channel, now: int) -> None:
        """Try the next channel in place of one that this hub does not have any more."""
        for delivery in deliveries.take(connection, channel, _AT_A_TIME, now):
            self._fail(connection, delivery, now, "NO_CHANNEL")

    def settle(self, connection: Connection, delivery: Delivery, fault: Undelivered | None, now: int) -> None:
        """Take notice of what became of a delivery, unless it was settled meanwhile."""
        if not deliveries.waits(connection, delivery):
            return
        if fault is None:
            deliveries.settle(connection, delivery, DeliveryState.SENT, now)
        elif fault.lasting:
            self._fail(connection, delivery, now, fault.code)
        else:
            deliveries.put_off(connection, delivery, now, fault.code)
            if delivery.deadline <= now:
                self._leave_late(connection, delivery, now, fault.code)

    def _open_all(self, connection: Connection, notice: Notice, rule: Rule, now: int) -> None:
        recipients = self.directory.recipients(connection, rule.to, read_concerned(notice.body))
        for recipient in recipients:
            if not self._open_next(connection, notice, recipient, now):
                self._nobody(connection, notice, recipient, now)
        if not recipients:
            self._nobody(connection, notice, Recipient(NOBODY, ""), now)

    def _open_next(self, connection: Connection, notice: Notice, recipient: Recipient, now: int) -> bool:
        """Open a delivery by the first channel that was not tried yet; False if there is none that leads there."""
        address = self.directory.address(connection, recipient)
        if address is None:
            return False
        rule, tried = self._rule(notice.event), deliveries.channels_tried(connection, notice.number, recipient)
        for channel in rule.channels:
            if channel.value not in tried and address.leads(channel, recipient.kind):
                deadline = now + 60 * rule.within_minutes
                deliveries.open_delivery(connection, notice.number, recipient, channel, (now, deadline))
                return True
        return False

    def _nobody(self, connection: Connection, notice: Notice, recipient: Recipient, now: int) -> None:
        """Leave it on record that nobody was told: who has left, or to whom no channel leads, or that there is nobody."""
        fault = NOBODY
        if recipient.kind != NOBODY:
            fault = "GONE" if self.directory.address(connection, recipient) is None else "NO_ADDRESS"
        deliveries.open_given_up(connection, notice.number, recipient, now, fault)
        _mourn(notice.number, fault, None)

    def _fail(self, connection: Connection, delivery: Delivery, now: int, code: str) -> None:
        """Leave a channel for the next one; where that was the last, the recipient is given up."""
        notice = self._notice(connection, delivery)
        if notice is not None and self._open_next(connection, notice, delivery.recipient, now):
            deliveries.settle(connection, delivery, DeliveryState.FAILED, now, code)
        else:
            self._give_up(connection, delivery, now, code)

    def _leave_late(self, connection: Connection, delivery: Delivery, now: int, code: str) -> None:
        """Leave a channel whose time is over; where it is the last, it is tried for a day at least."""
        # What waits behind an older one gets its try when that is over.
        until = (delivery.opened if delivery.tries else now) + _LAST_RESORT
        notice = self._notice(connection, delivery)
        if notice is not None and self._open_next(connection, notice, delivery.recipient, now):
            deliveries.settle(connection, delivery, DeliveryState.FAILED, now, code)
        elif now < until:
            deliveries.watch(connection, delivery, until)
        else:
            self._give_up(connection, delivery, now, code)

    def _give_up(self, connection: Connection, delivery: Delivery, now: int, code: str) -> None:
        deliveries.settle(connection, delivery, DeliveryState.GIVEN_UP, now, code)
        _mourn(delivery.notice, code, delivery.channel)

    def _notice(self, connection: Connection, delivery: Delivery) -> Notice | None:
        return outbox.read_notices(connection, self.sealing, {delivery.notice}).get(delivery.notice)

    def _letter(self, notice: Notice, to: tuple[Delivery, Address], now: int) -> Letter:
        """A notice as one recipient gets it."""
        delivery, address = to
        kind, params = delivery.recipient.kind, notice.body.get("params", {})
        page = page_of(notice.event, params, kind, address.role) if self.console else ""
        return Letter(
            delivery,
            notice.event,
            notice.made,
            now,
            address,
            title_of(notice.event),
            text_of(notice, kind, self.naming),
            params or _old(notice),
            self.console + page if page else "",
            calls_of(notice.event),
        )

    def _rule(self, event: str) -> Rule:
        return self.rules[Event(event)] if event in Event.__members__ else _STRAY


def title_of(event: str) -> Text:
    """What an event is called."""
    declared = DECLARED[Event(event)] if event in Event.__members__ else None
    return Text(declared.zh, declared.en) if declared is not None else Text(event, event)


def text_of(notice: Notice, kind: str, naming: Naming) -> Text:
    """What a notice says to a recipient of this kind. An earlier hub put its sentences into the body."""
    body = notice.body
    if "params" not in body:
        return Text(str(body.get("text", "")), str(body.get("textEn", "")))
    try:
        return word(Event(notice.event), body["params"], Who[kind] if kind in Who.__members__ else None, naming)
    except (KeyError, ValueError):
        # Put by another version of the hub: that it happened is told all the same.
        return title_of(notice.event)


def _old(notice: Notice) -> dict[str, str]:
    names = ("entity", "when", "until", "reason")
    return {name: str(notice.body[name]) for name in names if name in notice.body}


def _mourn(number: int, code: str, channel: Channel | None) -> None:
    """Say that a recipient was given up; who it is stands in the store alone. That somebody left is no fault."""
    if code == "GONE":
        return
    log.error("a notice was given up", number=number, fault=code, channel=channel.value if channel else None)
