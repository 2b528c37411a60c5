"""What is recorded of an act: a sign-in, a token, a stop, a person who was added. No values, digests only.

It stands in the same log as questions, at the next position, in the transaction of the act itself. The bytes are
canonical JSON with a version in front; a change is a new version beside this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection, func, insert, select

from hub.store.tables import entries

VERSION = 1


@dataclass(frozen=True, slots=True)
class Act:
    """One act. person and subject are digests; `told` holds names of kinds and reasons, never a value."""

    at: str
    request_id: str
    act: str
    outcome: str
    client: str = ""
    person: str = ""
    subject: str = ""
    told: Mapping[str, str] = field(default_factory=dict)

    def canonical(self) -> bytes:
        """The bytes that are stored, and later hashed."""
        body = {
            "v": VERSION,
            "kind": "act",
            "act": self.act,
            "at": self.at,
            "client": self.client,
            "outcome": self.outcome,
            "person": self.person,
            "requestId": self.request_id,
            "subject": self.subject,
            "told": dict(self.told),
        }
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def append_act(connection: Connection, act: Act) -> int:
    """Position of the act's entry in the log, in a transaction in which nobody else writes."""
    position = int(connection.execute(select(func.coalesce(func.max(entries.c.position) + 1, 0))).scalar_one())
    row = {"position": position, "recorded_at": act.at, "request_id": act.request_id, "body": act.canonical()}
    connection.execute(insert(entries).values(row))
    return position
