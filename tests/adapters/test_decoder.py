"""Compiled decoders: they make of every cell what its reader makes of it, usual or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import Unreadable
from adapters.column_options import ColumnOptions
from adapters.decoder import MANY, Cell, Quick, compile_decoder
from adapters.mapping import RecordOptions, build_map, field_reader
from schema.catalogue import fold_catalogue

CATALOGUE = fold_catalogue()
CODES = {"1": "ACTIVE", "2": "REVOKED"}
TEXTS = st.one_of(
    st.none(), st.text(max_size=12), st.sampled_from(["", " ", " 甲 ", "　乙", "NULL"]), st.binary(max_size=3)
)
DAYS = st.one_of(st.none(), st.dates().map(str), st.sampled_from(["infinity", "0044-03-15 BC", "10000-01-01"]))
MINUTES = st.datetimes().filter(lambda moment: moment.year > 1991)
USUAL = MINUTES.map(lambda moment: f"{moment.isoformat(' ', 'seconds')}+08")
MOMENTS = st.one_of(
    st.none(),
    USUAL,
    MINUTES.map(lambda moment: f"{moment.isoformat(' ', 'milliseconds')}+08"),
    st.sampled_from(["infinity", "", "2024-05-01 08:00:00", "2024-05-01 08:00:00+00", "0044-03-15 00:00:00+08 BC"]),
)
NUMBERS = st.one_of(st.none(), st.integers(), st.sampled_from([2**31, 2**31 - 1, -(2**31), True, "7", ""]))
NAMES = st.one_of(st.none(), st.sampled_from(["1", "2", "ACTIVE", "", " 1 ", "9", 1]))


def reader(coordinate, **options):
    """Reader of a field."""
    return field_reader(CATALOGUE.rule(coordinate), ColumnOptions(column="c", **options)).read


@pytest.mark.parametrize(
    ("quick", "read", "cells"),
    [
        (Quick.TRIMMED, reader("Entity.name"), TEXTS),
        (Quick.DAY, reader("Entity.establishedOn"), DAYS),
        (Quick.WHOLE, reader("Incentive.minutesSaved"), NUMBERS),
        (Quick.NAMED, reader("Entity.status", codes=CODES), NAMES),
    ],
    ids=lambda value: value.name if isinstance(value, Quick) else "",
)
def test_agrees_with_the_reader(quick, read, cells):
    """Whatever stands in a cell, the decoder and the reader say the same of it."""
    decode = compile_decoder([Cell(0, read, quick, CODES)])

    @given(st.lists(cells, max_size=2 * MANY))
    def agrees(held):
        assert decode([(cell,) for cell in held]) == [(read(cell),) for cell in held]

    @given(st.lists(cells, max_size=2 * MANY))
    def agrees_where_nothing_is_unusual(held):
        usual = [cell for cell in held if read(cell) not in (None, Unreadable.VALUE)] * MANY
        assert decode([(cell,) for cell in usual]) == [(read(cell),) for cell in usual]

    agrees()
    agrees_where_nothing_is_unusual()


@given(st.lists(MOMENTS, max_size=2 * MANY) | st.lists(USUAL, min_size=MANY))
def test_moments_agree_with_the_reader(held):
    """An instant of a session in Asia/Shanghai is rewritten where its form is the usual one, and read elsewhere."""
    options = RecordOptions(record="Division", columns={"code": "c"}, local="c", as_of="t")
    mapped, faults = build_map(options, CATALOGUE.records["Division"])
    assert mapped is not None, faults
    read = mapped.reader("$asOf").read
    assert compile_decoder([Cell(0, read, Quick.MOMENT)])([(m,) for m in held]) == [(read(m),) for m in held]


def test_written_cells_stand_as_they_are():
    """A cell that is declared to be written exactly is taken as it is; an empty one is no value."""
    decode = compile_decoder([Cell(0, reader("Entity.name"), Quick.WRITTEN)])
    assert decode([("甲",), ("",), (None,), (b"x",)]) == [("甲",), (None,), (None,), (Unreadable.VALUE,)]
    assert decode([("甲",), (None,)] * MANY) == [("甲",), (None,)] * MANY
    assert decode([("甲",)] * MANY) == [("甲",)] * MANY


def test_columns_are_picked_in_the_order_asked():
    """A column may be asked twice, left out, or stand for a constant; a row may be wider than what is asked of it."""
    decode = compile_decoder(
        [Cell(2, str.lower, Quick.READ), Cell(None, lambda _: "定"), Cell(0, str.upper, Quick.READ), Cell(2, len)]
    )
    assert decode([("a", "b", "C"), ("x", "y", "Z")]) == [("c", "定", "A", 1), ("z", "定", "X", 1)]
    assert decode([("a", "b", "C"), ("x", "y", "Z")] * MANY) == [("c", "定", "A", 1), ("z", "定", "X", 1)] * MANY
    assert compile_decoder([])([("a",), ("b",)]) == [(), ()]
    assert compile_decoder([Cell(None, lambda _: 1)])([("a",)]) == [(1,)]
