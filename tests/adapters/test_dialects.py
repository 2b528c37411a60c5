"""Dialects: every trap of the vocabularies is read as the page says, and what a record says goes before its dialect."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters import memory, rest, sql
from adapters.base import AS_OF, DISPUTED, LOCAL, Unreadable
from adapters.dialect import dialect_names, load_dialect
from adapters.mapping import RecordOptions, build_map
from adapters.records import hold_records
from hub.settings import load_settings
from hub.sources import open_sources
from schema.catalogue import fold_catalogue
from tests.conformance.subject import lookup
from tests.dialects_page import HEADING, dialect_options, dialect_tables
from tests.docs_pages import ROOT, Page
from tests.unit.test_settings import mistakes, unannounced

CATALOGUE = fold_catalogue()
FOLDER = ROOT / "tests/vectors"
VECTORS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "dialects").glob("*"))}
NAMES = sorted(dialect_names())
PAGE = Page(ROOT / "docs/dialects.md")
CHANGES = "the same act appears once for each change"


def _person():
    first = "11010119900101001"
    return first + "10X98765432"[sum(int(sign) * pow(2, 17 - n, 11) for n, sign in enumerate(first)) % 11]


def _open(*rows, record="Licence", dialect="permit_v2", **more):
    said = {"record": record, "dialect": dialect, "rows": rows, **more}
    source = {"name": "approvals", "kind": "memory", "department": "d", "record": [said]}
    return memory.open_source(memory.OPTIONS.model_validate(source), CATALOGUE)


@pytest.mark.parametrize("name", NAMES)
def test_dialect_fits_the_schema(name):
    """A dialect maps only what its record has, with codes and values that exist, and contradicts nothing."""
    options = dialect_options(name)
    mapped, faults = build_map(options, CATALOGUE.records[options.record])
    assert mapped is not None, faults
    spellings = [one for column, others in options.spellings.items() for one in (column, *others)]
    assert len(spellings) == len(set(spellings))
    assert "uscc" in options.keys or "uscc" in options.columns
    assert {"decisionNo", "name"} & set(options.columns)


@pytest.mark.parametrize("name", NAMES)
def test_dialect_reads_no_number_of_a_person(name):
    """A dialect names the columns of persons' numbers and reads none of them under any spelling."""
    options = dialect_options(name)
    assert load_dialect(name).never == options.never != ()
    read = {one for column in options.source_columns for one in (column, *options.spellings.get(column, ()))}
    assert not read & set(options.never)


@pytest.mark.parametrize("vector", VECTORS.values(), ids=list(VECTORS))
def test_trap(vector):
    """A row with a trap in it is read as what it means."""
    row = {name: _person() if cell == "PERSON" else cell for name, cell in vector["row"].items()}
    options = dialect_options(vector["dialect"])
    mapped, faults = build_map(options, CATALOGUE.records[options.record])
    assert mapped is not None, faults
    mapped = mapped.spelt(options.spelt(row))
    for column, value in vector["read"].items():
        found = mapped.reader(column).of(row)
        wanted = Unreadable.VALUE if value == "UNREADABLE" else tuple(value) if isinstance(value, list) else value
        assert found == wanted, column


async def test_same_number_of_two_authorities():
    """Equal numbers of two authorities are two rows; the same act reported twice is told, not merged."""
    first = {"XK_WSH": "许1号", "XK_XKJGDM": "1123128200900E056R", "XK_XDR_SHXYM": "91231282MA9X0A019P"}
    source = _open(first, {**first, "XK_XKJGDM": "12231282MB9X0D045B"})
    found = await source.fetch(lookup("Licence", (LOCAL, "decisionNo"), ["91231282MA9X0A019P"]))
    assert sorted(found.rows) == [
        (f"许1号\x1f{code}", "许1号") for code in ("1123128200900E056R", "12231282MB9X0D045B")
    ]
    with pytest.raises(ValueError, match="XK_WSH and XK_XKJGDM does not hold a text of its own in every row"):
        _open(first, {**first, "XK_XKLB": "登记"})


def test_every_trap_has_a_test():
    """Each trap on the page is named by a vector or a test, and each vector names a trap on the page."""
    listed = {row[0] for row in PAGE.table("Trap", "How it is read")}
    converters = [json.loads(path.read_text(encoding="utf-8")) for path in (FOLDER / "converters").glob("*.json")]
    tested = {vector["trap"] for vector in (*VECTORS.values(), *converters)}
    assert tested <= listed
    assert listed - tested == {CHANGES}
    assert {"dialect": str, "row": dict, "read": dict} == {
        key: type(value) for key, value in VECTORS["i_marks_the_end"].items() if key != "trap"
    }


def test_page_lists_the_dialects(request):
    """The page has a row for each dialect, and tables made from their files."""
    assert {row[0].strip("`"): row[1] for row in PAGE.table("Dialect", "Record", "Vocabulary")} == {
        name: load_dialect(name).record for name in NAMES
    }
    prose, _, _ = PAGE.text.partition(HEADING)
    if request.config.getoption("--golden"):
        PAGE.path.write_text(prose + dialect_tables(), encoding="utf-8", newline="\n")
    assert PAGE.text == prose + dialect_tables()


def test_spelling_of_the_source_is_taken():
    """Of several names the source's own is taken: an exact one before one that differs in case, width or blanks."""
    options = RecordOptions.model_validate(
        {"record": "Licence", "dialect": "permit_v2", "columns": {"premises": "XK_FRDB", "itemCode": "XK_XDR_LB"}}
    )
    for names in (["XK_FRDB", "XK_XDR_LB"], ["XK_FDDB", "XK_XDR_TYPE"], ["xk_fddb", " ＸＫ_XDR_TYPE"]):
        spelt = options.spelt(names)
        assert [spelt["XK_FRDB"], spelt["XK_XDR_LB"]] == names
    assert options.spelt(["XK_FDDB", "xk_frdb"])["XK_FRDB"] == "XK_FDDB"
    assert "XK_FRDB" not in options.spelt(["xk_frdb", "Xk_Frdb"])
    plain = RecordOptions.model_validate(
        {"record": "Licence", "local": "id", "columns": {"scope": "NR"}, "spellings": {"NR": ["XK_NR"]}}
    )
    assert plain.spelt(["ID", "XK_NR"]) == {"NR": "XK_NR"}


async def test_table_in_small_letters(tmp_path):
    """A database that keeps its columns in small letters is read under the names of the dialect."""
    options = dialect_options("permit_v2")
    cells = {name.lower(): f"{name}1" for name in sorted(options.source_columns)} | {
        "id": "7",
        "xk_jdrq": "2024年6月6日",
    }
    with closing(sqlite3.connect(tmp_path / "xk.db")) as connection:
        connection.execute(f"CREATE TABLE xk ({', '.join(cells)})")
        marks = ", ".join("?" for _ in cells)
        connection.execute(f"INSERT INTO xk VALUES ({marks})", tuple(cells.values()))  # noqa: S608 - names of this file
        connection.commit()
    record = {"record": "Licence", "dialect": "permit_v2", "table": "xk", "local": "id"}
    source = {"name": "approvals", "kind": "sql", "department": "d", "url": f"sqlite:///{tmp_path}/xk.db"}
    opened = sql.open_source(sql.OPTIONS.model_validate({**source, "record": [record]}), CATALOGUE)
    found = await opened.fetch(lookup("Licence", (LOCAL, "authority", "decidedOn", "status"), ["XK_XDR_SHXYM1"]))
    await opened.aclose()
    assert found.rows == [("7", "XK_XKJG1", "2024-06-06", Unreadable.VALUE)]


def test_columns_of_persons_are_found_in_a_heading():
    """Whoever copies a file is told which of its columns to drop, whatever their case, width or blanks."""
    options = dialect_options("permit_chinese")
    assert options.never_among(["许可编号", "身份证 号", "法定代表人证件号码"]) == {"身份证 号", "法定代表人证件号码"}
    never = {"xk_fr_zjhm", "ＸＫ_FR_SFZH"}
    assert dialect_options("permit_v2").never_among({*never, "XK_FRDB"}) == never


async def test_file_in_another_spelling(tmp_path):
    """A heading is found under a spelling, and a column that is under none is named."""
    options = dialect_options("penalty_v2")
    heading = [*(options.source_columns - {"CF_CFJG"}), "CF_XKJG"]
    (tmp_path / "cf.csv").write_text(",".join(heading) + "\n" + ",".join(f"{name}1" for name in heading) + "\n")
    said: dict = {"record": "Penalty", "dialect": "penalty_v2", "file": "cf.csv"}
    source = {"name": "penalties", "kind": "memory", "department": "d", "record": [said]}
    opened = memory.open_source(memory.OPTIONS.model_validate(source, context={"base": tmp_path}), CATALOGUE)
    found = await opened.fetch(lookup("Penalty", ("authority",), ["CFXDR_SHXYM1", "CF_XDR_SHXYM1"]))
    assert found.rows == [("CF_XKJG1",)]
    said["columns"] = {"authority": "CF_JG"}
    with pytest.raises(ValueError, match="has no column CF_JG"):
        memory.open_source(memory.OPTIONS.model_validate(source, context={"base": tmp_path}), CATALOGUE)


def test_record_goes_before_its_dialect():
    """A text renames a column and keeps its conversion, a table changes what it names, false leaves an entry out."""
    options = RecordOptions.model_validate(
        {
            "record": "Licence",
            "dialect": "permit_v1",
            "absent": ["?"],
            "local": "ID",
            "keys": {"uscc": "CODE"},
            "as_of": False,
            "disputed": {"truthy": ["9"], "falsy": []},
            "columns": {
                "decidedOn": "RQ",
                "status": {"codes": {"9": "EXPIRED"}},
                "authority": {"constant": "肇东市卫生健康局"},
                "kind": {"constant": "FILING"},
                "decisionTitle": False,
                "premises": "DZ",
            },
        }
    )
    known = dialect_options("permit_v1")
    assert (options.local_columns, options.keys, options.as_of) == (("ID",), {"uscc": "CODE"}, None)
    assert set(options.columns) == {*known.columns, "premises"} - {"decisionTitle"}
    assert (options.columns["decidedOn"].column, options.columns["decidedOn"].loose) == ("RQ", True)
    assert options.columns["status"].codes == {**known.columns["status"].codes, "9": "EXPIRED"}
    assert options.columns["status"].absent == ("2", "异议", "3", "其他", "?")
    assert options.columns["authority"].column is None
    assert options.columns["validTo"].endless == known.columns["validTo"].endless
    assert options.disputed is not None
    assert (options.disputed.column, options.disputed.truthy) == ("XK_ZT", ("9",))
    assert build_map(options, CATALOGUE.records["Licence"])[1] == []


def test_mistakes_are_told_with_their_lines():
    """A dialect that is not known or of another record, and what it does not map, are told like every mistake."""
    path = FOLDER / "settings/dialects.toml"
    assert unannounced(path, mistakes(lambda: load_settings(path))) == []


def test_mistakes_against_the_schema_are_told_with_their_lines():
    """A field the record lacks, a number of a person, options of another kind of field, several columns of local."""
    path = FOLDER / "settings/dialects_against_the_schema.toml"
    assert unannounced(path, mistakes(lambda: open_sources(load_settings(path), CATALOGUE))) == []


@pytest.mark.parametrize("kind", [sql, rest])
def test_kinds_that_ask_for_rows_need_one_identifier(kind, tmp_path):
    """A source that is asked row by row refuses an identifier of several columns, and takes one in its place."""
    place: dict = {
        "sql": {"table": "xk", "url": f"sqlite:///{tmp_path}/xk.db"},
        "rest": {"batch": {"path": "/", "body_keys": "k"}},
    }
    name = kind.__name__.rpartition(".")[2]
    record = {"record": "Licence", "dialect": "permit_v2", **place[name]}
    source = {"name": "approvals", "kind": name, "department": "d"}
    top = {"url": record.pop("url")} if name == "sql" else {"base_url": "https://xk.example"}
    options = kind.OPTIONS.model_validate({**source, **top, "record": [record]})
    with pytest.raises(ValueError, match=r"local: a source of kind \w+ tells rows apart by one column"):
        hold_records(options, CATALOGUE)
    options = kind.OPTIONS.model_validate({**source, **top, "record": [{**record, "local": "ID"}]})
    assert hold_records(options, CATALOGUE)["Licence"].map.readers[LOCAL].column == "ID"


def test_unknown_dialect_is_told_by_the_loader():
    """Whoever loads a dialect by name is told which there are."""
    with pytest.raises(KeyError, match="permit_v2, register_chinese"):
        load_dialect("permit_v9")


@pytest.mark.parametrize("local", [[], ["a", 7], 7, None])
def test_identifier_is_a_column_or_several(local):
    """An identifier is one text or a list of texts; a list of one is that one."""
    said = {"record": "Licence", "columns": {}}
    with pytest.raises(ValidationError, match="a valid string, or a list of them"):
        RecordOptions.model_validate({**said, "local": local})
    assert RecordOptions.model_validate({**said, "local": ["a"]}).local == "a"


def test_specials_of_the_old_set_are_read_from_its_columns():
    """The old set dates its rows and marks objections; the set of 2018 does neither."""
    for name in ("permit_v1", "penalty_v1"):
        options = dialect_options(name)
        assert options.as_of is not None
        assert options.disputed is not None
    mapped, _ = build_map(dialect_options("permit_v2"), CATALOGUE.records["Licence"])
    assert mapped is not None
    assert (mapped.readers[AS_OF].column, mapped.readers[DISPUTED].column) == (None, None)


def test_dialects_are_package_files():
    """Every file of the folder is a dialect, and each says what it is in two languages."""
    folder = Path(str(ROOT / "adapters/dialects"))
    assert {path.name for path in folder.iterdir()} == {f"{name}.toml" for name in NAMES}
    assert all(load_dialect(name).label and load_dialect(name).label_en for name in NAMES)
    assert load_dialect("samr") is load_dialect("samr")
