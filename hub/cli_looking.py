"""What commands about grants ask and show: the same answers as over GraphQL, for a person who signs in or the operator."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from auth.grants import Binding, Condition, Effect, Grant, RowOp
from auth.roles import Role
from auth.scopes import Scope
from hub.acts.granting_look import GrantsOf
from hub.app import Hub
from hub.cli_operating import open_hub, refused
from hub.cli_signed import Signed, signed_in
from hub.errors import ERRORS, HubError
from hub.exchange.exchange import Exchange
from hub.exchange.grant_columns import COLUMNS, cells_of
from hub.terminal import out
from schema.enums import GrantState
from schema.granting import GrantsWanted

Item = dict[str, Any]
_PAGE = 200
_QUESTION = """
query ($department: String, $role: String, $field: String, $scope: String, $state: GrantState, $asOf: DateTime,
       $after: String) {
  grants(department: $department, role: $role, field: $field, scope: $scope, state: $state, asOf: $asOf,
         first: 200, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node {
      id department role purposes scopes fields rows { field op values binding } masked maskPersonal effect recordsADay
      entitiesADay starts ends certifiedUntil lastDay daysLeft state frozen legalBasis request askedBy approvedBy
      releasedBy person since until owners certifications { owner until by at counted } version inWords inWordsEn
      history { number recordedAt recordedBy replacedAt changed }
    } }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which grants a command asks for."""

    department: str | None = None
    role: str | None = None
    field: str | None = None
    scope: str | None = None
    state: str | None = None
    as_of: str | None = None

    @property
    def variables(self) -> dict[str, Any]:
        """The same as variables of the question."""
        named = {one.name: getattr(self, one.name) for one in fields(self)}
        return {"asOf" if name == "as_of" else name: value for name, value in named.items()}


@dataclass(frozen=True, slots=True)
class Looking:
    """Asks as somebody who signed in; as the operator of this machine where nobody did."""

    hub: Hub
    signed: Signed | None

    def grants(self, asked: Asked) -> list[Item]:
        """All grants that are asked for, by id."""
        found: list[Item] = []
        after: str | None = None
        while True:
            page = self._page(asked, after)
            found += [edge["node"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found

    def _page(self, asked: Asked, after: str | None) -> dict[str, Any]:
        if self.signed is not None:
            page: dict[str, Any] = self.signed.ask(_QUESTION, {**asked.variables, "after": after})["grants"]
            return page
        named = {one.name: getattr(asked, one.name) for one in fields(asked) if one.name != "state"}
        state = GrantState[asked.state] if asked.state is not None else None
        wanted = GrantsWanted(first=_PAGE, after=after, state=state, **named)

        def work(connection: Connection) -> dict[str, Any]:
            attendant = self.hub.attendant
            now = attendant.clock.moment().second
            exchange = Exchange(connection, attendant.vault, now, self.hub.warner.owners, _records_nothing)
            told: dict[str, Any] = _told(GrantsOf(exchange, None).grants(wanted))
            return told

        try:
            return self.hub.database.reading(work)
        except HubError as fault:
            said = ERRORS[fault.code]
            refused(said.zh.format_map(fault.names), said.en.format_map(fault.names))


@contextmanager
def looking(config: Path, username: str | None, code: str | None, purpose: str | None) -> Iterator[Looking]:
    """Asks as this person, or as the operator without one."""
    if username is None:
        yield Looking(open_hub(config), None)
        return
    with signed_in(config, username, code, purpose) as signed:
        yield Looking(signed.hub, signed)


def cells_told(item: Item) -> dict[str, str]:
    """A grant that was told as the cells of a sheet, with what is only shown there."""
    told = {
        "certifiedUntil": item["certifiedUntil"],
        "state": GrantState[item["state"]].zh,
        "request": item["request"],
        "askedBy": item["askedBy"],
        "approvedBy": item["approvedBy"],
        "releasedBy": item["releasedBy"],
        "inWords": item["inWords"],
    }
    return {**cells_of(_grant(item)), **{key: str(value or "") for key, value in told.items()}}


def show_csv(rows: Iterable[Mapping[str, str]], heads: Iterable[str]) -> None:
    """Print rows as CSV with these heads."""
    names, text = list(heads), io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([names, *([row.get(name, "") for name in names] for row in rows)])
    out.file.write(text.getvalue())


def heads() -> list[str]:
    """Keys of the columns of a sheet."""
    return [column.key for column in COLUMNS]


def _grant(item: Item) -> Grant:
    return Grant(
        id=item["id"],
        department=item["department"],
        role=Role(item["role"]),
        purposes=frozenset(item["purposes"]),
        starts=date.fromisoformat(item["starts"]),
        ends=date.fromisoformat(item["ends"]),
        legal_basis=item["legalBasis"],
        approved_by=item["approvedBy"],
        scopes=frozenset(map(Scope, item["scopes"])),
        fields=frozenset(item["fields"]),
        rows=frozenset(map(_condition, item["rows"])),
        masked=frozenset(item["masked"]),
        mask_personal=item["maskPersonal"],
        effect=Effect(item["effect"]),
        records_a_day=item["recordsADay"],
        entities_a_day=item["entitiesADay"],
    )


def _condition(told: Item) -> Condition:
    operand = Binding(told["binding"]) if told["binding"] is not None else tuple(told["values"])
    return Condition(told["field"], RowOp(told["op"]), operand)


def _told(value: Any) -> Any:
    """A value of the schema as its answer in JSON would be."""
    if is_dataclass(value):
        return {_camel(one.name): _told(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list):
        return [_told(one) for one in value]
    return value.name if isinstance(value, Enum) else value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _records_nothing(*_: object) -> int:
    raise RuntimeError("who only looks leaves no entry")
