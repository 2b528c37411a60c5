"""Chinese that people read is written as Chinese is: with its own marks, and with one name for the hub."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_READ = (
    "adapters/tabular_*.py",
    "hub/acts/*.py",
    "hub/audit/receipt_words.py",
    "hub/callers/*.py",
    "hub/code/*.py",
    "hub/code_pages.py",
    "hub/console/*.py",
    "hub/demo/first_day.py",
    "hub/disclosure/*.py",
    "hub/error*.py",
    "hub/events.py",
    "hub/exchange/*.py",
    "hub/explained.py",
    "hub/identity/differing.py",
    "hub/identity/identifiers.py",
    "hub/identity/words.py",
    "hub/limits.py",
    "hub/notices/*.py",
    "hub/plan/*.py",
    "hub/receipt_pages.py",
    "hub/web/*.py",
    "schema/*enums.py",
    "schema/approval.py",
    "schema/credit.py",
    "schema/entity.py",
    "schema/inspection.py",
    "schema/licence.py",
    "schema/seeing.py",
)
"""Where sentences for people stand: of pages, notices, mails and errors. What a terminal says has rules of its own."""
_PAGES = ("hub/web/templates/**/*.html", "hub/notices/templates/*.html")
_HAN = "\u3400-\u9fff"
_HALF = re.compile(rf'[{_HAN}”）》][,;:()!?"]|[,;:()!?"][{_HAN}“（《]|(?<=[\0%])[,;](?=\0)')
_BRACES = re.compile(r"\{[^{}]*\}")
_NO_TEXT = re.compile(r"<(style|script)\b.*?</\1>|\{%.*?%\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
_QUOTED = re.compile(r'"([^"]*)"')


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Texts of a module with their lines; what is filled in stands as a zero. No docstring, and no pattern."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
            passed.update(id(one) for one in ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            passed.update(id(one) for one in node.values)
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = (one.value if isinstance(one, ast.Constant) else "\0" for one in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, _BRACES.sub("\0", node.value)


def shown(path: Path) -> Iterator[tuple[int, str]]:
    """What a template says by its lines, and the texts that it quotes in what it fills in."""
    blank = _NO_TEXT.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"))
    for number, line in enumerate(blank.splitlines(), 1):
        yield number, re.sub(r"\{\{.*?\}\}", "\0", line)
        for filled in re.findall(r"\{\{.*?\}\}", line):
            yield from ((number, text) for text in _QUOTED.findall(filled))


def half_width(texts: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    """Those with a mark of half width beside Chinese."""
    return [(line, text) for line, text in texts if re.search(f"[{_HAN}]", text) and _HALF.search(text)]


@pytest.mark.parametrize("pattern", [*_READ, *_PAGES])
def test_sentences_in_chinese_have_chinese_marks(pattern):
    """Of full width wherever Chinese stands beside them; codes, times and addresses keep their own."""
    found = sorted(ROOT.glob(pattern))
    assert found
    read = {
        path.relative_to(ROOT).as_posix(): shown(path) if path.suffix == ".html" else sentences(path) for path in found
    }
    assert {name: wrong for name, texts in read.items() if (wrong := half_width(texts))} == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("授权\0已到期,还有\0天。", True),
        ("\0,\0为“查询”提出:编号", True),
        ("请申请续期(renewGrant)。", True),
        ("授权\0已到期，还有\0天。", False),
        ("于9:30前，见 https://hub.example/a,b", False),
        ("取值 a,b;c", False),
        ("中文 / English, with (its) own: marks", False),
    ],
)
def test_what_counts_as_half_width(text, wrong):
    """A mark beside Chinese, or between two things that are filled into Chinese."""
    assert bool(half_width(iter([(1, text)]))) is wrong


def test_the_hub_has_one_name_in_chinese():
    """It is 网关, as its sign-in page calls it; a word of a table, such as one of the national codes of industries, is not of the hub."""
    places = [ROOT / "README.zh.md", *(ROOT / "deploy").rglob("*.toml")]
    for folder in ("adapters", "auth", "docs", "hub", "schema"):
        places += [
            one for one in (ROOT / folder).rglob("*") if one.suffix in {".html", ".js", ".md", ".py", ".toml", ".typ"}
        ]
    assert len(places) > 400
    assert [one.relative_to(ROOT).as_posix() for one in places if "枢纽" in one.read_text(encoding="utf-8")] == []
