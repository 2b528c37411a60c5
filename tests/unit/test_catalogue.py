"""The catalogue: a gap in the declarations stops the start, and all gaps are named at once."""

import pytest
import strawberry

import schema.catalogue
from auth.classes import Sensitivity
from auth.scopes import SCOPE_LABELS, Scope
from schema.base import RECORDS, Argument, Compute, RecordDeclaration, fact, keyed_root, relation
from schema.catalogue import CatalogueGap, declared_fields, fold_catalogue
from schema.certificate import Certificate
from schema.credit import CreditStatus
from schema.predicate import TRUE
from schema.query import Query


@strawberry.type
class Stray:
    name: str | None = fact("名称", "Name", Scope.ENTITY_IDENTITY)


@strawberry.type
class Gaps:
    plain: str | None = strawberry.field(default=None)
    nameless: str | None = fact(" ", "Nameless", Scope.ENTITY_IDENTITY)
    bare: str | None = fact("裸", "Bare", Scope.ENTITY_IDENTITY, sensitivity=Sensitivity.PERSONAL)
    weight: float | None = fact("重量", "Weight", Scope.ENTITY_IDENTITY)
    made: int | None = fact(
        "算得", "Made", Scope.ENTITY_IDENTITY, compute=Compute(("missing",), lambda values, day: None)
    )
    linked: str | None = fact("关联", "Linked", Scope.ENTITY_IDENTITY, link=("Entity.nowhere",))
    stray: Stray | None = relation("离散", "Stray")
    own: list["Gaps"] | None = relation(
        "自身", "Own", shown=(bool | None, Argument("是否", "Whether", ("hidden",), lambda value, day: TRUE))
    )


def declared(cls: type) -> RecordDeclaration:
    """A declaration of a record that is in no registry."""
    return RecordDeclaration(cls, "缺口", "Gaps", "机关", "authority")


def test_declarations_have_no_gaps():
    """Every record folds; coordinates are unique and every leaf has its labels."""
    catalogue = fold_catalogue()
    assert set(catalogue.records) == set(RECORDS)
    assert all(rule.coordinate == name for name, rule in catalogue.fields.items())
    assert "EntityConnection.totalCount" in catalogue.fields


def test_all_gaps_are_named_at_once(monkeypatch):
    """A declaration with many gaps is refused with one line for each."""
    monkeypatch.setitem(RECORDS, "Gaps", declared(Gaps))
    with pytest.raises(CatalogueGap) as found:
        fold_catalogue()
    assert str(found.value).splitlines() == [
        "Gaps.plain: not declared with fact, relation or intrinsic",
        "Gaps.weight: the type of its value is not known",
        "Gaps.nameless: a label is missing",
        "Gaps.bare: personal, but no mask is declared",
        "Gaps.made: needs Gaps.missing, which does not exist",
        "Gaps.linked: needs Entity.nowhere, which does not exist",
        "Gaps.stray: leads to Stray, which is not a record",
        "Gaps.own(shown): reads Gaps.hidden, which does not exist",
    ]


def test_keyed_roots_need_a_key_and_nothing_below(monkeypatch):
    """A root field that leads to no record, by a field it lacks, or to records that lead on is a gap."""

    @strawberry.type
    class Rooted:
        nowhere: Stray | None = keyed_root("离散", "Stray", "name", name=(str, "名称"))
        keyless: Certificate | None = keyed_root("无键", "Keyless", "validTo", day=(str, "日期"))
        further: CreditStatus | None = keyed_root("下级", "Further", "headline", text=(str, "概况"))

    declared_of = schema.catalogue.declared_fields
    monkeypatch.setattr(
        schema.catalogue,
        "declared_fields",
        lambda cls: (*declared_of(cls), *(declared_of(Rooted) if cls is Query else ())),
    )
    with pytest.raises(CatalogueGap) as found:
        fold_catalogue()
    assert str(found.value).splitlines() == [
        "Query.nowhere: leads to Stray, which is not a record",
        "Query.keyless: Certificate.validTo is no text that a record has one of",
        "Query.further: CreditStatus leads on to records, whose row filters need an entity above them",
    ]


def test_scope_without_a_label_is_a_gap(monkeypatch):
    """A scope people cannot read is a gap of every field in it."""
    monkeypatch.delitem(SCOPE_LABELS, Scope.REFERENCE_TABLE)
    with pytest.raises(CatalogueGap, match=r"Division\.code: scope reference\.table has no label"):
        fold_catalogue()


def test_facts_carry_their_declaration():
    """What was declared of a field is found on it, and in the catalogue."""
    ((name, spec, _),) = declared_fields(Stray)
    assert (name, spec.zh, spec.scope) == ("name", "名称", Scope.ENTITY_IDENTITY)
    rule = fold_catalogue().rule("Licence.daysToExpiry")
    assert rule.needs == ("Licence.validTo", "Licence.longTerm")
    assert fold_catalogue().rule("Division.name").needs == ("Entity.divisionCode",)
