"""Cells as people and spreadsheets write them: each trap a file of vectors, and what no cell whatever can do."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.asking import whole_number
from adapters.base import SourceBadData, Unreadable
from adapters.column_options import ColumnOptions
from adapters.convert_dates import loose_date_reader, loose_instant_reader
from adapters.convert_money import loose_money_reader
from adapters.convert_numerals import read_numerals
from adapters.convert_text import BETWEEN, folded_text, joined_reader, read_loose_code, read_loose_text, read_text
from adapters.mapping import field_reader
from schema.catalogue import fold_catalogue
from schema.predicate import Op

CATALOGUE = fold_catalogue()
FOLDER = Path(__file__).parents[1] / "vectors/converters"
VECTORS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
CELLS = [
    pytest.param(vector["field"], vector["options"], raw, value, id=f"{name}-{number}")
    for name, vector in VECTORS.items()
    for number, (raw, value) in enumerate(vector["cells"])
]


def reader_of(field, options):
    """Conversion of a field."""
    return field_reader(CATALOGUE.rule(field), ColumnOptions.model_validate({"column": "c", **options}))


def expected(value):
    """A value of a vector as rows hold it."""
    if value == "UNREADABLE":
        return Unreadable.VALUE
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.parametrize(("field", "options", "raw", "value"), CELLS)
def test_cell(field, options, raw, value):
    """A cell is read as what it means, as no value, or not at all."""
    assert reader_of(field, options).read(raw) == expected(value)


def test_native_days_are_read_as_they_are():
    """What a sheet or a database gives as a day or a moment needs no reading, a far day included."""
    options = {"loose": True, "endless": ["2099-12-31"]}
    read = reader_of("Licence.validTo", options).read
    assert read(date(2024, 6, 6)) == read(datetime(2024, 6, 6, 23, 59)) == "2024-06-06"  # noqa: DTZ001 - as a sheet has it
    assert read(date(2099, 12, 31)) is None
    assert reader_of("Licence.longTerm", options).read(date(2099, 12, 31)) is True


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("2024/6/6 8:30", "2024-06-06T08:30:00+08:00"),
        ("2024-06-06", "2024-06-06T00:00:00+08:00"),
        ("2024-06-06T00:30:00Z", "2024-06-06T08:30:00+08:00"),
        ("2024年6月6日8时30分15秒", "2024-06-06T08:30:15+08:00"),
        ("20240606083015", "2024-06-06T08:30:15+08:00"),
        ("2024-06-06 24:00", "2024-06-07T00:00:00+08:00"),
        ("", None),
    ],
)
def test_instants_are_written_like_days(raw, instant):
    """A moment is read in any form of a day, its time at Shanghai unless it says its zone."""
    assert loose_instant_reader("text")(raw) == instant


def test_numbers_of_persons_are_no_codes():
    """A citizen's number in a column of codes is not read; a code that only looks like one is."""
    for first in ("11010119900101001", "91112419810803002"):
        weighted = sum(int(sign) * pow(2, 17 - place, 11) for place, sign in enumerate(first))
        person = first + "10X98765432"[weighted % 11]
        assert reader_of("Entity.uscc", {"loose": True}).read(person) is Unreadable.VALUE
        assert reader_of("Entity.uscc", {}).read(person) is Unreadable.VALUE
    assert read_loose_code("911100001000013428") == "911100001000013428"


def test_joined_cells_are_one_identifier():
    """Several cells make one identifier, none if one is missing, and never that of another row."""
    read = joined_reader(read_text)
    assert read(("a", " b ")) == f"a{BETWEEN}b"
    assert read(("a", None)) is read(("", "b")) is None
    lost: list[tuple] = [(f"a{BETWEEN}b", "c"), (b"a", "c"), ({}, "c")]
    for cells in lost:
        with pytest.raises(ValueError, match="cannot be read"):
            read(cells)


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=8),
    st.text(max_size=40),
    st.text(
        alphabet="0123456789年月日-/.:,TZ+ 长期Ee&;#x()（）万亿元美人民币壹贰叁拾佰仟零圆整角分０１２", max_size=24
    ),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
LOOSE = sorted({(vector["field"], json.dumps(vector["options"])) for vector in VECTORS.values()})


@given(st.sampled_from(LOOSE), CELL)
@example(("Entity.registeredCapital", '{"loose": true}'), "9" * 79)
@example(("Entity.registeredCapital", '{"loose": true}'), "九" * 80)
@example(("Licence.decidedOn", '{"type": "epoch_ms"}'), 253402300799999)
@example(("Licence.decidedOn", '{"type": "epoch_ms"}'), -62135596800001)
@example(("Licence.decidedOn", '{"loose": true}'), "0001-01-01 00:00:00+14:00")
@example(("Licence.decidedOn", '{"loose": true}'), "2024-06-06 00:00:00+99:99")
@example(("Incentive.minutesSaved", '{"loose": true}'), "１,０００")
def test_no_cell_raises(conversion, raw):
    """Whatever a cell holds, it is read, null or unreadable; it never fails its row."""
    field, options = conversion
    rule, value = CATALOGUE.rule(field), reader_of(field, json.loads(options)).read(raw)
    if rule.many or value is None or value is Unreadable.VALUE:
        return
    kinds = {"boolean": bool, "int": int, "money": tuple}
    assert type(value) is kinds.get(rule.kind.value, str)


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text):
    """A folded text is in plain form; folding and reading it again changes nothing."""
    try:
        once = folded_text(text)
    except ValueError:
        return
    assert folded_text(once) == once
    assert once == once.strip()


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]), st.booleans())
def test_every_day_is_read_in_every_form(day, form, timed):
    """Every day there is comes out of each form it can be written in, and canonical days come out as they went in."""
    written = day.strftime(form).rjust(len(date.max.strftime(form)), "0") + (" 23:59:59" if timed else "")
    assert loose_date_reader("text")(written) == day.isoformat()
    assert loose_date_reader("text")(day.isoformat()) == day.isoformat()


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99), st.sampled_from(["-", "/", ".", ""]))
def test_no_day_is_guessed(year, month, day, sign):
    """A date is the day that is written, or it is not read."""
    written = f"{year:04d}{sign}{month:02d}{sign}{day:02d}"
    try:
        exact = date(year, month, day).isoformat()
    except ValueError:
        with pytest.raises(ValueError, match=r"year|month|day"):
            loose_date_reader("text")(written)
    else:
        assert loose_date_reader("text")(written) == exact


@given(
    st.decimals(0, 10**11, places=6),
    st.sampled_from([",", ""]),
    st.sampled_from(["{}万元", "{}(万元人民币)", "{}（万元）"]),
)
def test_sums_come_out_exactly(amount, separator, form):
    """A sum in 万元 is ten thousand times its number to the last digit, and its canonical amount reads as itself."""
    written = form.format(f"{amount:{separator}f}")
    read = loose_money_reader(Decimal(1), "CNY")
    found = read(written)
    assert found is not None
    assert (Decimal(found[0]), *found[1:]) == (amount * 10_000, "CNY", written)
    assert read(found[0]) == (found[0], "CNY", found[0])


def _spoken(number):
    digits, places = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")
    text, groups = "", [(number // 10**power % 10**4, name) for power, name in ((8, "亿"), (4, "万"), (0, ""))]
    for group, name in groups:
        gap = bool(text) and 0 < group < 1000
        for place in (3, 2, 1, 0):
            digit = group // 10**place % 10
            if digit:
                text += ("零" if gap else "") + digits[digit] + places[place]
                gap = False
            elif group // 10**place and group % 10**place:
                gap = True
        text += name if group else ""
    return text or "零"


@given(st.one_of(st.integers(0, 10**12 - 1), st.integers(0, 99_999)))
def test_numerals_come_out_as_they_went_in(number):
    """A number written out in numerals, as a clerk would, is read as that number."""
    found = read_numerals(f"{_spoken(number)}元整")
    assert found is not None
    assert (found.number, found.complete) == (number, True)


@given(st.text(alphabet="零壹贰叁肆伍陆柒捌玖拾佰仟万亿", min_size=1, max_size=10))
def test_numerals_that_do_not_add_up_are_not_read(text):
    """What is read from numerals is what those numerals say; a gap that is not said is not filled."""
    try:
        found = read_numerals(text)
    except ValueError:
        return
    assert found is not None
    bare = text.replace("零", "")
    assert _spoken(int(found.number)).replace("零", "") in (bare, f"壹{bare}") or text == "零"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_of_a_sheet_is_exact_or_not_read(number):
    """A number in a column of numbers is the whole number it is, up to fifteen digits."""
    if number.is_integer() and abs(number) < 10**15:
        assert read_loose_text(number) == str(int(number))
    else:
        with pytest.raises(ValueError, match="lost"):
            read_loose_text(number)


@pytest.mark.parametrize("vector", VECTORS.values(), ids=list(VECTORS))
def test_nothing_is_asked_of_a_source_that_it_would_understand_otherwise(vector):
    """Where several writings mean one value, or one text means none, no comparison is written that misses a row."""
    reader = reader_of(vector["field"], vector["options"])
    samples = {value for _, value in vector["cells"] if isinstance(value, str)} - {"UNREADABLE"}
    for op in set(Op) - {Op.IS_NULL}:
        for sample in samples:
            written = reader.write(op, (sample,) if op is Op.IN else sample)
            assert written is None or (op in (Op.EQ, Op.IN) and not vector["options"].get("loose"))


@pytest.mark.parametrize(
    "found",
    [pytest.param("9" * 5000, id="text"), pytest.param(10**4999, id="number"), "-1", "1.0", True, None, "\u00b2"],
)
def test_what_is_no_count_is_bad_data(found):
    """A total that is no number, or too long to be read as one, is the source's mistake and no accident of the hub."""
    with pytest.raises(SourceBadData):
        whole_number(found)
