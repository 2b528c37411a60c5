"""A mapping tried on some rows: what becomes of each cell, and that nothing of a person is shown."""

from typing import Any

import pytest

from adapters.mapping import RecordOptions
from hub.mapping.trying import MOST_ROWS, BadMapping, Trial, try_mapping
from hub.suggest.sampling import Sample
from schema.catalogue import fold_catalogue

CATALOGUE = fold_catalogue()
CODE = "91231282MA9X0A019P"
PERSON = "999900199001010014"


def tried(record: str, cells: dict[str, list[Any]], most: int = 10, **said: Any) -> Trial:
    """A trial of a mapping on columns."""
    options = RecordOptions.model_validate({"record": record, "local": "id", **said})
    columns: dict[str, list[Any]] = {"id": list(range(len(next(iter(cells.values()))))), **cells}
    return try_mapping(options, CATALOGUE.records[record], Sample("memory", tuple(columns), {}, columns), most)


def test_a_place_that_would_be_read_from_what_is_anothers_is_not_tried():
    """It has neither cells nor counts; the column's own place keeps its mask."""
    cells = {"p": ["欧阳锦程", "李四"], "n": ["甲", "乙"]}
    columns: dict[str, list[Any]] = {"id": [0, 1], **cells}
    said = {"name": "p", "businessScope": "n", "legalRepresentative": "p"}
    options = RecordOptions.model_validate({"record": "Entity", "local": ["id", "p"], "columns": said})
    sample = Sample("memory", tuple(columns), {}, columns)
    trial = try_mapping(options, CATALOGUE.records["Entity"], sample, 10, {"p": "legalRepresentative"})
    assert trial.withheld == ["local", "name"]
    assert trial.filled.keys() == {"businessScope", "legalRepresentative"}
    assert after(trial, "legalRepresentative") == ["欧阳**", "李**"]


def test_a_phone_or_an_address_of_mail_is_hidden_wherever_it_stands():
    """A column nobody thought of may hold one."""
    trial = tried("Entity", {"s": ["13800000000", "a@b.example", "零售"]}, columns={"businessScope": "s"})
    assert after(trial, "businessScope") == ["****", "****", "零售"]


def after(trial: Trial, place: str) -> list[str | None]:
    """What a place holds in each row that is shown."""
    return [cell.after for row in trial.rows for cell in row if cell.place == place]


def test_cells_before_and_after():
    """Dates, sums, enumerations, lists and truth are shown as they will be answered, beside what the source wrote."""
    trial = tried(
        "Penalty",
        {
            "d": ["2024年6月6日", "20240230"],
            "f": ["0.2", "x"],
            "k": ["警告、罚款", "别的"],
            "w": ["1", "0"],
            "c": [CODE, ""],
        },
        keys={"uscc": "c"},
        columns={
            "decidedOn": {"column": "d", "loose": True},
            "fine": {"column": "f", "unit": "wan", "loose": True},
            "kinds": {"column": "k", "separator": "、", "codes": {"警告": "WARNING", "罚款": "FINE"}},
            "withdrawn": "w",
            "authority": {"constant": "示例局"},
        },
    )
    assert after(trial, "decidedOn") == ["2024-06-06", None]
    assert after(trial, "fine") == ["2000 CNY", None]
    assert after(trial, "kinds")[0] == "WARNING, FINE"
    assert after(trial, "withdrawn") == ["是 / true", "否 / false"]
    assert after(trial, "uscc")[0] == CODE
    assert after(trial, "authority") == []
    assert trial.unreadable["decidedOn"] == trial.unreadable["fine"] == 1
    assert trial.filled["decidedOn"] == trial.filled["fine"] == 1
    (date,) = [cell for cell in trial.rows[1] if cell.place == "decidedOn"]
    assert (date.before, date.readable) == ("20240230", False)


def test_persons_are_cut_on_both_sides():
    """Names, phones and addresses are masked as callers would see them at most, and a citizen number anywhere is hidden."""
    trial = tried(
        "Entity",
        {
            "n": ["欧阳明"],
            "t": ["13812345678"],
            "a": ["肇东市正阳区街道谷雨北路142号"],
            "u": [PERSON],
            "s": [f"经营者 {PERSON}"],
        },
        columns={"legalRepresentative": "n", "contactPhone": "t", "address": "a", "uscc": "u", "businessScope": "s"},
    )
    shown = repr(trial)
    for secret in ("欧阳明", "13812345678", "142号", PERSON):
        assert secret not in shown
    assert after(trial, "legalRepresentative") == ["欧阳**"]
    assert all(cell.masked for row in trial.rows for cell in row if cell.place != "local")


def test_only_some_rows_are_shown_and_all_are_counted():
    """At most so many rows come back, whatever is asked for; the counts are of all."""
    trial = tried("Entity", {"n": ["示例店"] * 200}, most=10_000, columns={"name": "n"})
    assert len(trial.rows) == MOST_ROWS
    assert trial.filled["name"] == 200


def test_what_terminals_obey_is_not_shown():
    """A cell with control characters or without end is shown as plain text on one line."""
    (row,) = tried("Entity", {"n": ["\x1b[2J示例\n店" + "x" * 500]}, columns={"name": "n"}).rows
    text = next(cell.after for cell in row if cell.place == "name")
    assert text is not None
    assert text.isprintable()
    assert len(text) < 100


def test_columns_that_are_not_there():
    """With a dialect, columns the sample lacks are named; the others are found under any spelling."""
    cells = {"XK_WSH": ["示许〔2024〕1号"], "XK_XKJGDM": ["11231282009"], "XK_XDR_SHXYM": [CODE]}
    options = RecordOptions.model_validate({"record": "Licence", "dialect": "permit_v2"})
    sample = Sample("memory", tuple(cells), {}, cells)
    trial = try_mapping(options, CATALOGUE.records["Licence"], sample)
    assert after(trial, "decisionNo") == ["示许〔2024〕1号"]
    assert "XK_NR" in trial.missing
    assert "XK_WSH" not in trial.missing


def test_a_mapping_with_mistakes():
    """Every mistake is named, as `check` names it."""
    with pytest.raises(BadMapping) as raised:
        tried("Entity", {"n": ["x"]}, columns={"nothing": "n", "name": {"column": "n", "codes": {"a": "B"}}})
    assert len(raised.value.faults) == 2


def test_rows_that_cannot_be_read_come_first_where_somebody_changes_a_mapping():
    """Up to half of what is shown: the rest is as the source has it."""
    cells: dict[str, list[Any]] = {
        "id": list(range(6)),
        "d": ["2024-01-01", "2024-01-02", "2024-01-03", "bad", "worse", "worst"],
    }
    options = RecordOptions.model_validate({"record": "Entity", "local": "id", "columns": {"establishedOn": "d"}})
    sample = Sample("memory", tuple(cells), {}, cells)
    trial = try_mapping(options, CATALOGUE.records["Entity"], sample, 4, {})
    assert [cell.before for row in trial.rows for cell in row if cell.place == "establishedOn"] == [
        *("bad", "worse", "2024-01-01", "2024-01-02"),
    ]
    assert trial.unreadable["establishedOn"] == 3
