"""Changes of grants, before they take effect: what a request asks for, and what the simulator tries out.

Pure values; nothing here is stored or decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from auth.grants import Grant
from hub.settings_grants import StoredGrant, written


class ChangeKind(StrEnum):
    """What becomes of a grant."""

    ADD = "ADD"
    RENEW = "RENEW"
    END = "END"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ADD: the grant, without an id · RENEW, END: the grant as it was when this was asked, and its last day
    from then on.
    """

    kind: ChangeKind
    grant: Grant
    last_day: date | None = None

    def body(self) -> dict[str, Any]:
        """The change as it is stored."""
        nobody = {"approved_by": self.grant.approved_by or _NOBODY}
        grant = {**written(self.grant), "id": self.grant.id or _NO_ID, **nobody}
        last = {"last_day": self.last_day.isoformat()} if self.last_day else {}
        return {"kind": self.kind.value, "grant": grant, **last}


_NO_ID = _NOBODY = "-"


def read_change(body: Mapping[str, Any]) -> Change:
    """A change as it was stored; ValidationError where this hub cannot read its grant any more."""
    grant = StoredGrant.model_validate(body["grant"]).grant()
    last = date.fromisoformat(body["last_day"]) if "last_day" in body else None
    grant = replace(grant, approved_by="") if grant.approved_by == _NOBODY else grant
    return Change(ChangeKind(body["kind"]), replace(grant, id="") if grant.id == _NO_ID else grant, last)


def apply_changes(grants: Iterable[Grant], changes: Sequence[Change]) -> list[Grant]:
    """The grants as they would be after all changes; a new one is called `+1`, `+2`, … until it has an id."""
    found = {grant.id: grant for grant in grants}
    for number, change in enumerate(changes, 1):
        if change.kind is ChangeKind.ADD:
            found[f"+{number}"] = replace(change.grant, id=f"+{number}")
        elif change.grant.id in found and change.last_day is not None:
            found[change.grant.id] = changed(found[change.grant.id], change.last_day)
    return list(found.values())


def changed(grant: Grant, last_day: date) -> Grant:
    """The grant with another last day; one that would end before it begins holds for no day."""
    return replace(grant, ends=max(last_day, grant.starts - timedelta(days=1)))
