"""Cells of departments in canonical form: what is null, what is unreadable, and that nothing else happens."""

from decimal import Decimal

import pytest

from adapters.base import KEY, LOCAL, Unreadable
from adapters.column_options import ColumnOptions
from adapters.mapping import RecordOptions, build_map, field_reader
from adapters.sql_column import BLANKS, CODE_BLANKS
from schema.uscc import normalise_uscc

BAD = Unreadable.VALUE
PERSON = "519999190002300293"
BOTH = "519999190002301210"
"""Neither is anybody's: there is no division 519999, and no 30th of February."""


@pytest.mark.parametrize(
    ("coordinate", "options", "raw", "value"),
    [
        ("Entity.formerNames", {}, '["旧", null, ""]', ("旧",)),
        ("Entity.formerNames", {}, "[" * 100_000, BAD),
        ("Entity.formerNames", {"separator": ";"}, "甲; 乙;;", ("甲", "乙")),
        ("Entity.registeredCapital", {}, "1e999999", BAD),
        ("Entity.registeredCapital", {"unit": "wan"}, "1e999999", BAD),
        ("Entity.registeredCapital", {}, "1e-999999", BAD),
        ("Entity.registeredCapital", {"unit": "wan"}, "1,000.50", ("10005000", "CNY", "1,000.50")),
        ("Entity.name", {}, b"\xca\xd0", BAD),
        ("Entity.name", {}, memoryview(b"x"), BAD),
        ("Penalty.withdrawn", {}, b"1", BAD),
        ("Incentive.minutesSaved", {}, 5.5, BAD),
        ("Incentive.minutesSaved", {}, Decimal("5.0"), 5),
        ("Incentive.minutesSaved", {}, "9" * 5000, BAD),
        ("Entity.establishedOn", {}, "20240230", BAD),
        ("Entity.establishedOn", {}, " 2024/02/29 ", "2024-02-29"),
    ],
)
def test_cells(catalogue, coordinate, options, raw, value):
    """A cell is read, or is marked unreadable; it never fails its row."""
    reader = field_reader(catalogue.rule(coordinate), ColumnOptions(column="c", **options))
    assert reader.read(raw) == value


def test_missing_keys_stay_missing(catalogue):
    """A key, an identifier and a key that is no field of the record are null where the source has null."""
    options = RecordOptions.model_validate(
        {"record": "Licence", "columns": {}, "keys": {"uscc": "code"}, "local": "id"}
    )
    mapped, faults = build_map(options, catalogue.records["Licence"])
    assert mapped is not None, faults
    assert mapped.decode((KEY, LOCAL, "uscc"), (None, None, None), "uscc") == (None, None, None)
    assert mapped.decode((KEY, "uscc"), ("91 ab", "９１ab"), "uscc") == ("91AB", "91AB")


@pytest.mark.parametrize("raw", [PERSON, f" {PERSON[:6]}-{PERSON[6:]} "])
def test_a_persons_number_is_no_code(catalogue, raw):
    """A citizen number in a column of codes is unreadable, as a field and as a key, though its last digit fits a code."""
    options = RecordOptions.model_validate(
        {"record": "Licence", "columns": {}, "keys": {"uscc": "code"}, "local": "id"}
    )
    mapped, _ = build_map(options, catalogue.records["Licence"])
    assert mapped is not None
    assert mapped.decode((KEY, "uscc"), (raw, raw), "uscc") == (BAD, BAD)
    for coordinate in ("Entity.uscc", "Campus.uscc"):
        assert field_reader(catalogue.rule(coordinate), ColumnOptions(column="c")).read(raw) is BAD


def test_only_the_register_vouches_for_what_is_both(catalogue):
    """A number that is a person's and an organisation's by every check is a code in the register and nowhere else."""
    column = ColumnOptions(column="c")
    assert field_reader(catalogue.rule("Entity.uscc"), column).read(BOTH) == BOTH
    assert field_reader(catalogue.rule("Campus.uscc"), column).read(BOTH) is BAD


def test_blanks_are_what_reading_removes():
    """Databases trim exactly what reading trims, from texts and from codes."""
    points = [chr(point) for point in range(1, 0x110000) if not 0xD800 <= point < 0xE000]
    assert sorted(BLANKS) == [char for char in points if not char.strip()]
    assert sorted(CODE_BLANKS) == [char for char in points if not normalise_uscc(char)]


def test_many_rows_are_read_as_each_alone(catalogue):
    """The cells of a column, joined columns and constants are the same whether rows are read together or one by one."""
    options = RecordOptions.model_validate(
        {
            "record": "Licence",
            "local": ["book", "number"],
            "keys": {"uscc": "code"},
            "columns": {"certificateName": "title", "kind": {"constant": "LICENCE"}},
        }
    )
    found, faults = build_map(options, catalogue.records["Licence"])
    assert found is not None, faults
    raws = [{"book": "甲", "number": str(n), "code": PERSON, "title": f" 证{n}"} for n in range(3)] + [{"book": "乙"}]
    for column in ("certificateName", "kind", "uscc", LOCAL):
        reader = found.reader(column)
        assert reader.all_of(raws) == [reader.of(raw) for raw in raws]
    assert found.reader(LOCAL).joined
    assert found.reader("kind").all_of(raws) == ["LICENCE"] * 4
    assert found.reader("kind").all_of([]) == []
