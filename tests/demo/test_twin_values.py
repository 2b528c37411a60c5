"""The twin's values: another value wherever a value is not public, the same masked form, the same bytes elsewhere."""

import pytest

from auth.classes import Sensitivity
from hub.demo.sources import HttpSource
from hub.plan.masks import mask_of
from schema.base import MaskKind
from tests.demo.conftest import kept_records


@pytest.fixture(scope="module")
def pairs(city, twin):
    """Each record of the city beside that of its twin."""
    return list(zip(kept_records(city), kept_records(twin), strict=True))


def _secret_columns(kept, catalogue):
    rules = catalogue.records[kept.record].fields
    return {
        column: rules[field]
        for field, column in kept.columns.items()
        if field in rules and rules[field].sensitivity > Sensitivity.PUBLIC
    }


def test_same_rows_in_the_same_order(pairs):
    """No row appears, disappears or moves."""
    assert all(list(here.rows) == list(there.rows) for here, there in pairs)


def test_public_values_are_the_same(pairs, catalogue):
    """Every column that holds no non-public field agrees, also those that no field reads."""
    for here, there in pairs:
        secret = _secret_columns(here, catalogue)
        public = [column for column in next(iter(here.rows.values())) if column not in secret]
        for local, row in here.rows.items():
            assert [row[column] for column in public] == [there.rows[local][column] for column in public]


def test_non_public_values_all_differ(pairs, catalogue):
    """Every value of a non-public field is another one, unless a public one discloses it; what is missing stays missing."""
    compared = set()
    for here, there in pairs:
        for column, rule in _secret_columns(here, catalogue).items():
            compared.add(rule.coordinate)
            for local, row in here.rows.items():
                other = there.rows[local][column]
                assert (row[column] is None) is (other is None)
                if rule.coordinate == "Commitment.fulfilment" and row["publicity"] == "SHOWN_PUBLIC":
                    # Commitment.publicFulfilment says it.
                    assert row[column] == other
                    continue
                assert row[column] is None or row[column] != other, rule.coordinate
    connected = {kept.record for kept, _ in pairs}
    secret = {r.coordinate for r in catalogue.fields.values() if r.sensitivity > Sensitivity.PUBLIC}
    assert compared == {coordinate for coordinate in secret if coordinate.partition(".")[0] in connected}


def test_masked_forms_are_the_same(pairs, catalogue):
    """What is left of a value after masking does not tell the cities apart."""
    for here, there in pairs:
        for column, rule in _secret_columns(here, catalogue).items():
            for local, row in here.rows.items():
                if rule.mask is not None and row[column] is not None:
                    pair = row[column], there.rows[local][column]
                    values, others = (
                        (kept.values(column, value) if rule.many else [value])
                        for kept, value in zip((here, there), pair, strict=True)
                    )
                    assert [mask_of(rule.mask)(one) for one in values] == [mask_of(rule.mask)(one) for one in others]


def test_an_address_keeps_its_street(pairs):
    """Only what follows the street, village or estate is another."""
    here, there = next(pair for pair in pairs if pair[0].record == "Entity")
    for local, row in here.rows.items():
        shown = mask_of(MaskKind.STREET_ADDRESS)(row["dom"]).rstrip("*")
        assert shown.startswith("黑龙江省绥化市")
        assert there.rows[local]["dom"].startswith(shown)


def test_equal_values_stay_equal(pairs):
    """Three licences of one stall still lie at one place in the twin."""
    here, there = next(pair for pair in pairs if pair[0].record == "Licence" and pair[0].source == "market")
    stall = [local for local, row in here.rows.items() if "A12档口" in row["jycs"]]
    assert len(stall) == 3
    assert len({there.rows[local]["jycs"] for local in stall}) == 1


def test_configuration_is_the_same(city, twin):
    """The files differ in the addresses of the web services alone."""

    def without_addresses(built):
        text = built.configuration.read_text(encoding="utf-8").replace(built.identity.address, "")
        for source in built.sources.values():
            text = text.replace(source.address, "") if isinstance(source, HttpSource) else text
        return text

    assert without_addresses(city) == without_addresses(twin)
