"""Templates of grants, one file a scenario: read, checked against the schema, and turned into what can be asked for.

A template names no department and no purpose: whose grants they become, and which purposes a deployment has for the
scenario, is known where one is used.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from auth.classes import Sensitivity, Sharing
from auth.grants import Grant, RowFilter
from auth.purposes import Purpose
from auth.roles import Role
from auth.scopes import Scope
from hub.roster.checking import grant_faults, row_faults
from hub.settings_grants import MOST_A_DAY, GrantTable, RowsTable
from schema.catalogue import Catalogue
from schema.enums import Scenario

FOLDER = Path(__file__).with_name("templates")
_CLEAR = frozenset({Role.OFFICER})
"""Roles that may have personal data in clear, of some rows only: the officer in a case (the owner is granted elsewhere)."""
_SCENARIOS = tuple(Scenario.__members__)


class TemplateRow(BaseModel):
    """`[[grant]]` of a template."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    scopes: tuple[Scope, ...] = ()
    fields: tuple[str, ...] = ()
    rows: dict[str, RowsTable] = Field(default_factory=dict)
    masked: tuple[str, ...] = ()
    mask_personal: bool = False
    records_a_day: int | None = Field(default=None, ge=1, le=MOST_A_DAY)
    entities_a_day: int | None = Field(default=None, ge=1, le=MOST_A_DAY)
    legal_basis: str = Field(min_length=2, max_length=1000)
    note: str = Field(min_length=2, max_length=300)
    note_en: str = Field(min_length=2, max_length=300)

    @property
    def filter(self) -> RowFilter:
        """Its row filter."""
        return self.table(Whom("-", ("-",), date.min, date.max)).grant().rows

    def table(self, whom: "Whom") -> GrantTable:
        """The grant that is asked for, as it is written."""
        said = self.model_dump(exclude={"note", "note_en", "rows", "fields"})
        return GrantTable(
            id="-",
            department=whom.department,
            purposes=whom.purposes,
            starts=whom.starts,
            ends=whom.ends,
            approved_by="-",
            rows=self.rows,
            fields=tuple(sorted({*self.fields, *self.masked})),
            **said,
        )


class Template(BaseModel):
    """A file: its scenario, what it is for, and its grants. `purposes_of`: scenarios whose purposes it uses, the first that has any."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scenario: Literal[_SCENARIOS]  # type: ignore[valid-type]
    purposes_of: tuple[Literal[_SCENARIOS], ...] = ()  # type: ignore[valid-type]
    note: str = Field(min_length=2, max_length=300)
    note_en: str = Field(min_length=2, max_length=300)
    grant: tuple[TemplateRow, ...] = Field(min_length=1)

    def purposes(self, known: Sequence[Purpose]) -> tuple[str, ...]:
        """Purposes of a deployment that a grant of it names; none where it has none for the scenario."""
        for scenario in self.purposes_of or (self.scenario,):
            found = tuple(sorted(one.code for one in known if one.scenario == scenario and not one.public))
            if found:
                return found
        return ()


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom a template is used: department, purposes, first and last day."""

    department: str
    purposes: tuple[str, ...]
    starts: date
    ends: date


class BadTemplate(Exception):
    """Templates do not fit the schema; the text names every mistake, one a line."""


def grants_of(template: Template, whom: Whom, role: Role | None = None) -> list[Grant]:
    """The grants to be asked for, without ids; of one role or of all."""
    tables = (row.table(whom).grant() for row in template.grant if role is None or row.role is role)
    return [replace(grant, id="", approved_by="") for grant in tables]


@cache
def load_templates() -> dict[str, Template]:
    """All templates by their scenarios, in the scenarios' order; BadTemplate where a file cannot be read so."""
    found: dict[str, Template] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            template = Template.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except ValueError as fault:
            raise BadTemplate(f"{path.name}: {fault}") from None
        if path.stem != template.scenario.lower():
            raise BadTemplate(f"{path.name}: is about {template.scenario}")
        found[template.scenario] = template
    missing = [name for name in _SCENARIOS if name not in found]
    if missing:
        raise BadTemplate(f"there is no template of {', '.join(missing)}")
    return {name: found[name] for name in _SCENARIOS}


def checked_templates(catalogue: Catalogue) -> dict[str, Template]:
    """The same, found to fit the schema."""
    templates = load_templates()
    faults = list(template_faults(templates, catalogue))
    if faults:
        raise BadTemplate("\n".join(faults))
    return templates


def template_faults(templates: dict[str, Template], catalogue: Catalogue) -> Iterator[str]:
    """What does not fit the schema, or the masking of personal data, a sentence each."""
    for name, template in templates.items():
        whom = Whom("-", ("-",), date.min, date.max)
        for number, row in enumerate(template.grant, 1):
            place = f"{name.lower()}.toml, grant {number}"
            table = row.table(whom)
            grant = table.grant()
            rows = (sentence for _, sentence in row_faults(grant, catalogue))
            for sentence in (*table.faults(), *grant_faults(grant, catalogue), *rows, *_personal(grant, catalogue)):
                yield f"{place}: {sentence}"


def _personal(grant: Grant, catalogue: Catalogue) -> Iterator[str]:
    """Personal fields in clear where nobody, or nobody without a bound on rows, may have them so."""
    for rule in catalogue.fields.values():
        if not grant.covers(rule.coordinate, rule.scope):
            continue
        if rule.sharing is Sharing.WITHHELD:
            yield f"{rule.coordinate} is withheld by law"
        masked = rule.coordinate in grant.masked or grant.mask_personal
        if rule.sensitivity >= Sensitivity.PERSONAL and not masked and (grant.role not in _CLEAR or not grant.rows):
            yield f"{rule.coordinate} is personal, and in clear"
