"""What would undo a request that took effect: the changes back, which are asked for like any others. Nothing is stored here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from auth.grants import Grant
from hub.exchange.changes import Change, ChangeKind


def reversed_changes(
    changes: Sequence[Change], made: Iterable[Grant], now: Mapping[str, Grant], today: date
) -> list[Change]:
    """The changes back, of what still holds otherwise than before.

    made: grants that came of the request and are no renewals · now: all grants as they are, by id. What was given ends today;
    what was renewed or ended has its earlier last day again, today at the earliest.
    """
    found = [Change(ChangeKind.END, grant, today) for grant in made if grant.last_day > today]
    for change in changes:
        grant = now.get(change.grant.id)
        if change.kind is ChangeKind.ADD or grant is None:
            continue
        before = max(change.grant.last_day, today)
        if before < grant.last_day:
            found.append(Change(ChangeKind.END, grant, before))
        elif before > grant.last_day:
            found.append(Change(ChangeKind.RENEW, grant, before))
    return found
