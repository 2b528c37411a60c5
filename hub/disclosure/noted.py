"""What auditors found when they looked at what was conspicuous, in the store. One transaction of whoever calls; findings are sealed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select

from hub.callers.vault import Vault
from hub.disclosure.anomalies import Anomaly
from hub.store.work_tables import anomaly_findings

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody found, and when, in seconds since 1970."""

    finding: str = field(repr=False)
    made_by: str
    made_at: int


def note(connection: Connection, vault: Vault, one: Anomaly, by: tuple[str, str], now: int) -> None:
    """Keep what a person found; a later finding takes the place of an earlier one."""
    key, (person, finding) = key_of(vault, one), by
    connection.execute(delete(anomaly_findings).where(anomaly_findings.c.key == key))
    row = {
        "key": key,
        "kind": one.kind.name,
        "day": one.day,
        "finding": vault.seal(_place(key), finding),
        "made_by": person,
        "made_at": now,
    }
    connection.execute(insert(anomaly_findings).values(row))


def noted(connection: Connection, vault: Vault, found: Iterable[Anomaly]) -> dict[bytes, Noted]:
    """What was found of each that somebody looked at, by `key_of`."""
    keys, table = [key_of(vault, one) for one in found], anomaly_findings.c
    told: dict[bytes, Noted] = {}
    for start in range(0, len(keys), _AT_ONCE):
        query = select(anomaly_findings).where(table.key.in_(keys[start : start + _AT_ONCE]))
        for row in connection.execute(query):
            key = bytes(row.key)
            told[key] = Noted(vault.open(_place(key), row.finding), row.made_by, row.made_at)
    return told


def key_of(vault: Vault, one: Anomaly) -> bytes:
    """What an anomaly is known by: without its number, which may grow while the day lasts."""
    entity = (one.entity,) if one.entity else ()
    # The digest of a person's digest: once the key of theirs is destroyed it leads to nobody.
    return vault.digest("anomaly_findings", "\n".join((one.kind.name, one.day, *one.asker, *entity)))


def _place(key: bytes) -> str:
    return f"anomaly_findings.finding.{key.hex()}"
