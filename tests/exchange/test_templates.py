"""Templates of grants: one a scenario, fit for the schema, and folded to exactly the table a reviewer reads."""

from datetime import date
from pathlib import Path

import pytest

from auth.access import fold_policy
from auth.caller import Caller, Client
from auth.purposes import Purpose
from auth.roles import Role
from hub.exchange import templates_of
from hub.exchange.templates_of import (
    BadTemplate,
    Template,
    Whom,
    checked_templates,
    grants_of,
    load_templates,
    template_faults,
)
from schema.catalogue import fold_catalogue
from schema.enums import Scenario

CATALOGUE = fold_catalogue()
WHOM = Whom("d", ("P",), date(2026, 1, 1), date(2026, 12, 31))
LEGEND = """\
held     in clear, for every row          held/f    in clear, for some rows only
masked   masked, for every row            masked/f  masked, for some rows only
mixed    in clear for some rows, masked for others
.        not granted; fields that no template grants are left out
"""


def standing(clauses) -> str:
    """How a field is held."""
    if not clauses:
        return "."
    if len({clause.masked for clause in clauses}) == 2:
        return "mixed"
    held = "masked" if clauses[0].masked else "held"
    return f"{held}/f" if all(clause.rows for clause in clauses) else held


def table() -> str:
    """Every field that a template grants, a column a scenario and role."""
    templates = checked_templates(CATALOGUE)
    columns = [(name, role) for name, one in templates.items() for role in dict.fromkeys(row.role for row in one.grant)]
    folded = []
    for name, role in columns:
        caller = Caller(Client("c", "c", WHOM.department, role, WHOM.purposes), None)
        grants = grants_of(templates[name], WHOM)
        folded.append(fold_policy(caller, "P", grants, CATALOGUE.fields.values(), date(2026, 6, 1)).held)
    heads = [f"{number:02}  {name} {role.value}" for number, (name, role) in enumerate(columns, 1)]
    fields = [name for name in sorted(CATALOGUE.fields) if any(name in held for held in folded)]
    width = max(map(len, fields))
    lines = [f"{'field':<{width}}  " + "  ".join(f"{number:02}      " for number in range(1, len(columns) + 1))]
    lines += [f"{name:<{width}}  " + "  ".join(f"{standing(held.get(name)):<8}" for held in folded) for name in fields]
    return "\n".join([LEGEND, *heads, "", *(line.rstrip() for line in lines)]) + "\n"


def test_templates_fold_to_the_table(golden):
    """What a department would get by a template is what stands in the file; `make golden` writes it."""
    golden("templates.txt", table())


def test_every_scenario_of_the_plan_has_one():
    """Ten, in their order, each with a basis and a note in two languages."""
    templates = load_templates()
    assert list(templates) == list(Scenario.__members__)
    assert not list(template_faults(templates, CATALOGUE))


def test_nobody_but_the_officer_has_personal_data_in_clear():
    """And the officer of some rows only: what R37 leaves."""
    personal = {name for name, rule in CATALOGUE.fields.items() if rule.sensitivity >= 2}
    lines = {line.split()[0]: line.split()[1:] for line in table().splitlines() if line.partition(" ")[0] in personal}
    heads = [line.split()[2] for line in table().splitlines() if line[:2].isdigit()]
    assert lines
    for states in lines.values():
        for role, state in zip(heads, states, strict=True):
            assert state in {".", "masked", "masked/f"} or (role == Role.OFFICER.value and state == "held/f")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fields": ("Entity.nothing",)}, "Entity.nothing is not a field"),
        ({"masked": ("Entity.name",)}, "Entity.name has no mask"),
        (
            {"scopes": ("entity.person",), "masked": (), "role": "CLERK"},
            "Entity.legalRepresentative is personal, and in clear",
        ),
        ({"scopes": ("entity.person",), "masked": (), "role": "OFFICER"}, "is personal, and in clear"),
        ({"scopes": (), "fields": (), "masked": ()}, "names no scope and no field"),
        ({"rows": {"nowhere": {"in": ["x"]}}}, "rows.nowhere is not a field of Entity"),
        ({"rows": {"divisionCode": {"in": "x"}}}, "a single text names a binding"),
    ],
)
def test_a_template_that_does_not_fit_is_named(changed, said):
    """Unknown fields, masks that are not there, personal data in clear, filters that let nobody through."""
    template = load_templates()["GOVERNMENT_SERVICE"].model_dump(by_alias=True)
    template["grant"] = [{**template["grant"][0], **changed}]
    found = list(template_faults({"GOVERNMENT_SERVICE": Template.model_validate(template)}, CATALOGUE))
    assert any(said in sentence for sentence in found), found
    assert all(sentence.startswith("government_service.toml, grant 1: ") for sentence in found)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("campus.toml", 'scenario = "AWARDS"', "campus.toml"),
        ("campus.toml", "no toml", "campus.toml"),
        ("none.toml", "", "none.toml"),
    ],
)
def test_a_file_that_is_no_template_stops_it(tmp_path: Path, monkeypatch, name, text, said):
    """It is named; nothing is used."""
    for path in templates_of.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(templates_of, "FOLDER", tmp_path)
    with pytest.raises(BadTemplate, match=said):
        load_templates.__wrapped__()
    (tmp_path / name).unlink()
    if name == "campus.toml":
        with pytest.raises(BadTemplate, match="no template of CAMPUS"):
            load_templates.__wrapped__()


def test_the_first_scenario_that_has_purposes_gives_them():
    """Its own, else those of the one it belongs to; never the public's."""
    purposes = [
        Purpose("PUB", "p", "p", "CATERING", public=True),
        Purpose("INSPECTION", "i", "i", "CREDIT_SUPERVISION"),
    ]
    catering = load_templates()["CATERING"]
    assert catering.purposes(purposes) == ("INSPECTION",)
    assert catering.purposes([*purposes, Purpose("FOOD", "f", "f", "CATERING")]) == ("FOOD",)
    assert load_templates()["AWARDS"].purposes(purposes) == ()
