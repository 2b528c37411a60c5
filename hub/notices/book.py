"""Notices as they stand in the store, with what became of each: for whoever looks whether somebody was told."""

from typing import Any

from sqlalchemy import Connection, select

from hub.clock import rfc3339_of
from hub.notices.naming import Naming
from hub.notices.spreading import text_of, title_of
from hub.store.deliveries import Delivery, deliveries_of
from hub.store.notice_tables import notices
from hub.store.outbox import Sealing, read_notices

MOST = 200


def list_notices(connection: Connection, sealing: Sealing, naming: Naming, most: int = MOST) -> list[dict[str, Any]]:
    """Notices with their recipients, channels, deadlines and states, the newest first; as JSON. Those that cannot be
    opened are left out.
    """
    numbers = [row.number for row in connection.execute(_newest(most))]
    found = read_notices(connection, sealing, set(numbers))
    sent: dict[int, list[Delivery]] = {number: [] for number in numbers}
    for delivery in deliveries_of(connection, set(numbers)):
        sent[delivery.notice].append(delivery)
    told = []
    for notice in (found[number] for number in numbers if number in found):
        params, title = notice.body.get("params", {}), title_of(notice.event)
        kinds = {one.recipient.kind for one in sent[notice.number]} or {""}
        texts = {kind: text_of(notice, kind, naming) for kind in sorted(kinds)}
        told.append(
            {
                "number": notice.number,
                "kind": notice.event,
                "title": title.zh,
                "titleEn": title.en,
                "made": rfc3339_of(notice.made),
                **{name: value for name, value in params.items() if value != ""},
                "text": "\n".join(dict.fromkeys(text.zh for text in texts.values())),
                "textEn": "\n".join(dict.fromkeys(text.en for text in texts.values())),
                "deliveries": [_shown(one) for one in sent[notice.number]],
            }
        )
    return told


def _shown(delivery: Delivery) -> dict[str, Any]:
    shown = {
        "to": {delivery.recipient.kind.lower(): delivery.recipient.name},
        "channel": delivery.channel.value if delivery.channel is not None else None,
        "state": delivery.state.value,
        "opened": rfc3339_of(delivery.opened),
        "deadline": rfc3339_of(delivery.deadline),
        "tries": delivery.tries,
    }
    settled = {"settled": rfc3339_of(delivery.settled)} if delivery.settled is not None else {}
    return {**shown, **settled, **({"fault": delivery.fault} if delivery.fault is not None else {})}


def _newest(most: int) -> Any:
    return select(notices.c.number).order_by(notices.c.number.desc()).limit(most)
