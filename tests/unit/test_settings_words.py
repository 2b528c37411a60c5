"""Mistakes of `hub.toml` are told in Chinese first, at file and line, and with what was probably meant."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import load_settings
from hub.settings_mistakes import BadSettings, Mistake
from hub.settings_words import UNLISTED, WORDS, chinese
from tests.unit.test_settings import VECTORS, mistakes

ROOT = Path(__file__).parents[2]
READERS = sorted(
    {
        *ROOT.glob("hub/settings*.py"),
        *ROOT.glob("adapters/*options.py"),
        ROOT / "adapters/sql.py",
        ROOT / "hub/roster/checking.py",
        ROOT / "hub/addresses.py",
    }
    - {ROOT / "hub/settings_words.py", ROOT / "hub/settings_mistakes.py"}
)
GOOD = """
[hub]
label = "x"
controller = "y"
[[department]]
code = "market"
label = "m"
[[purpose]]
code = "PUBLIC_QUERY"
label = "p"
legal_basis = "law"
public = true
[[source]]
name = "register"
kind = "memory"
department = "market"
[[source.record]]
record = "Entity"
local = "uscc"
rows = []
[source.record.columns]
uscc = "uscc"
name = "name"
"""


def sentences(file: Path) -> Iterator[str]:
    """Sentences that a reader of settings says of what is wrong: errors it raises, faults it yields or returns."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        said: list[ast.expr] = []
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id="ValueError"), args=[sentence])):
                said = [sentence]
            case ast.Yield(value=ast.Tuple(elts=[_, sentence])) | ast.Yield(value=sentence):
                said = [sentence] if sentence is not None else []
            case ast.Call(func=ast.Attribute(attr="_mistake"), args=[_, sentence]):
                said = [sentence]
            case ast.FunctionDef(name=name) if name.endswith("_fault"):
                said = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None]
        for one in said:
            match one:
                case ast.Constant(value=str(text)):
                    yield text
                case ast.JoinedStr(values=parts) if any(_is_words(part) for part in parts):
                    yield "".join(map(_shown, parts))


def _shown(part: ast.expr) -> str:
    """Words as they are; for a name "x", for another fault one, and nothing for what was meant."""
    match part:
        case ast.Constant(value=value):
            return str(value)
        case ast.FormattedValue(value=ast.Call(func=ast.Name(id="_guess"))):
            return ""
        case ast.FormattedValue(value=ast.Name(id="fault")):
            return "is written in ASCII"
    return "x"


def _is_words(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and " " in str(part.value).strip(": ")


@pytest.mark.parametrize("file", READERS, ids=lambda file: file.name)
def test_every_sentence_of_a_reader_has_its_chinese(file):
    """Whoever adds a sentence adds its Chinese."""
    assert [one for one in sentences(file) if UNLISTED in chinese(one)] == []


def test_the_sentences_are_found():
    """The test above looks at what it means to: it knows of sentences of every kind."""
    found = {one for file in READERS for one in sentences(file)}
    assert len(found) > 90
    assert {"is not a mail address", "names no scope and no field", "is not an address", "is missing"} <= found


@pytest.mark.parametrize("file", sorted(VECTORS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_mistake_of_the_vectors_has_its_chinese(file):
    """Also what the library says that checks form: bounds, patterns, kinds of value."""
    told: list[Mistake] = []
    try:
        load_settings(file)
    except BadSettings as fault:
        told = fault.mistakes
    assert [one.sentence for one in told if UNLISTED in chinese(one.sentence)] == []


@pytest.mark.parametrize(("english", "words"), WORDS.items())
def test_what_stands_in_braces_is_taken_over(english, words):
    """Names and numbers of a sentence stand in its Chinese; a more general sentence does not take it."""
    names = iter("αβγδ")
    said = chinese(re.sub(r"\{\}", lambda _: next(names), english))
    assert re.sub("[αβγδ]", "", said) == re.sub(r"\{\d?\}", "", words)
    assert set(re.findall("[αβγδ]", said)) <= set("αβγδ"[: english.count("{}")])


@pytest.mark.parametrize(
    ("was", "wrong", "told"),
    [
        ("[hub]", "[hubb]\n[hub]", "2: hubb: 没有这个表,是否应为 hub? / is not known here: did you mean hub?"),
        ("label", "lable", "3: hub.lable: 此处没有这个键,是否应为 label? / is no key here: did you mean label?"),
        ("local", "locl", "19: source.1.record.1.locl: 此处没有这个键,是否应为 local? /"),
        ('"memory"', '"memroy"', "15: source.1.kind: 须为其一"),
        ('"memory"', '"memroy"', ",是否应为 memory? / must be one of"),
        ('= "market"\n[[source.', '= "markt"\n[[source.', "没有部门 markt,是否应为 market?"),
        ("[[purpose]]", "[[purposes]]", "8: purposes: 没有这个表,是否应为 purpose?"),
    ],
)
def test_what_was_probably_meant_is_said(tmp_path, was, wrong, told):
    """Tables, keys at any depth, kinds and names: with file and line, Chinese first, and the name that is most like it."""
    file = tmp_path / "hub.toml"
    assert was in GOOD
    file.write_text(GOOD.replace(was, wrong, 1), encoding="utf-8")
    with pytest.raises(BadSettings) as found:
        load_settings(file)
    report = found.value.report(file)
    assert told in report
    assert f"{file}:" in report.splitlines()[1]


def test_a_key_like_no_other_gets_no_guess(tmp_path):
    """A guess that helps nobody is not made."""
    file = tmp_path / "hub.toml"
    file.write_text(GOOD.replace("label", "zzzzzz", 1), encoding="utf-8")
    assert "hub.zzzzzz: is no key here" in [
        f"{one.key}: {one.sentence}" for one in mistakes(lambda: load_settings(file))
    ]


def test_the_file_alone_is_named_where_there_is_no_line():
    """A file that cannot be read has no lines."""
    assert Mistake(0, "hub", "is missing").told("hub.toml") == "hub.toml: hub: 缺少此项 / is missing"
    assert str(Mistake(3, "hub", "is missing")) == "3: hub: 缺少此项 / is missing"
