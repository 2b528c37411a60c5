"""Reads the pages of the documentation for their tests, and makes the one that is generated."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from hub.findings.findings import SAYINGS
from hub.findings.saying import Severity
from schema.catalogue import Catalogue, FieldRule, Kind, RecordRule, RelationRule
from schema.enums import ENUMS

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    def blocks(self, language: str) -> list[str]:
        """Code blocks of a language."""
        return re.findall(rf"^```{language}\n(.*?)^```", self.text, re.MULTILINE | re.DOTALL)

    def tables(self) -> list[list[list[str]]]:
        """Tables as rows of cells, the heading first."""
        found = re.findall(r"(?:^\|.*\n)+", self.text, re.MULTILINE)
        rows = [[_cells(line) for line in table.splitlines() if not re.match(r"\|[-|]+$", line)] for table in found]
        return [table for table in rows if len(table) > 1]

    def table(self, *heading: str) -> list[list[str]]:
        """The rows of the table with this heading; LookupError if there is none."""
        for head, *rows in self.tables():
            if head == list(heading):
                return rows
        raise LookupError(" | ".join(heading))

    def rows(self) -> dict[str, list[str]]:
        """Rows of all tables by their first cell, without the marks of code."""
        return {row[0].strip("`"): row for table in self.tables() for row in table[1:]}

    def section(self, heading: str) -> list[list[str]]:
        """The first table under a heading; its heading row alone where there is none."""
        below = self.text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        return [_cells(line) for line in re.findall(r"^\|.*", below, re.MULTILINE) if not re.match(r"\|[-|]+$", line)]

    def shell(self) -> str:
        """Everything the page tells to type, continued lines joined."""
        return "\n".join(self.blocks("sh")).replace("\\\n", " ")

    def links(self) -> list[str]:
        """Relative links."""
        return [target for target in re.findall(r"\]\(([^)\s]+)\)", self.text) if "://" not in target]

    def anchors(self) -> set[str]:
        """Anchors of the headings."""
        titles = re.findall(r"^#+ (.+)", self.text, re.MULTILINE)
        return {_anchor(title) for title in titles}

    def exchanges(self) -> Iterator[tuple[str, str]]:
        """Shell blocks that send a question, each with the JSON block that follows it, empty where none does."""
        found = re.findall(r"^```(\w+)\n(.*?)^```", self.text, re.MULTILINE | re.DOTALL)
        for place, (language, block) in enumerate(found):
            if language == "sh" and "-d '" in block:
                follows = found[place + 1 : place + 2]
                yield block, follows[0][1] if follows and follows[0][0] == "json" else ""

    def payloads(self) -> list[dict[str, Any]]:
        """What the shell blocks send."""
        return [self.payload(block) for block in self.blocks("sh") if "-d '" in block]

    @staticmethod
    def payload(block: str) -> dict[str, Any]:
        """What a shell block sends."""
        sent: dict[str, Any] = json.loads(block.partition("-d '")[2].partition("'")[0])
        return sent


def pages() -> list[Page]:
    """All pages: of the root, of docs and of deploy."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")]
    return [Page(path) for path in sorted(found)]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def toml_text(value: Any) -> str:
    """A default as the page of the configuration writes it."""
    return "–" if value is None else f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name} = {_toml(each)}" for name, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


# ---------------------------------------------------------------- records.md

_HEAD = """# Records and fields

Made from the catalogue; `make golden` writes it anew. Do not edit it.

What a scope, a sensitivity and a mask mean is said in [access.md](access.md), the forms of values in
[answers.md](answers.md#forms-of-values). Every record also has `provenance`, and an entity its `id`.
"""
_TYPES = {
    Kind.TEXT: "String",
    Kind.CODE: "USCC",
    Kind.INT: "Int",
    Kind.BOOLEAN: "Boolean",
    Kind.DATE: "Date",
    Kind.DATETIME: "DateTime",
    Kind.MONEY: "Money",
}


def records_page(catalogue: Catalogue) -> str:
    """The page of records: every field with labels, type, scope, sensitivity, sharing, mask and needs."""
    order = sorted(catalogue.records, key=lambda name: (name != "Entity", name))
    parts = [_HEAD, *(_record(catalogue.records[name], catalogue) for name in order), _rest(catalogue), _enums()]
    return "\n".join(parts)


def _record(rule: RecordRule, catalogue: Catalogue) -> str:
    declared = rule.declared
    authority = f"{declared.authority_zh} / {declared.authority_en}"
    lines = [f"## {_title(rule)}\n", f"{declared.en}. Competent by law: {authority}.\n"]
    lines += [*_field_rows(rule.fields.values()), ""]
    if rule.relations:
        lines += ["Leads to:\n", *_relation_rows(rule.relations.values(), catalogue), ""]
    return "\n".join(lines)


def _title(rule: RecordRule) -> str:
    return f"{rule.name} {rule.declared.zh}"


def _relation_rows(rules: Iterable[RelationRule], catalogue: Catalogue) -> Iterator[str]:
    yield "| Field | 中文 | English | Records | Arguments |"
    yield "|---|---|---|---|---|"
    for rule in rules:
        target = f"[{rule.target}](#{_anchor(_title(catalogue.records[rule.target]))})"
        arguments = [*(rule.declared.arguments or ()), *(["first"] if rule.many else [])]
        shown = ", ".join(f"`{name}`" for name in arguments) or "–"
        yield f"| `{rule.name}` | {rule.declared.zh} | {rule.declared.en} | {target} | {shown} |"


def _field_rows(rules: Iterable[FieldRule]) -> Iterator[str]:
    yield "| Field | Type | 中文 | English | Scope | Sensitivity | Sharing | Mask | Needs |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for rule in rules:
        needs = ", ".join(f"`{need}`" for need in rule.needs) or "–"
        held = f"`{rule.scope.value}` | {rule.sensitivity.name} | {rule.sharing.name} | {rule.mask or '–'} | {needs}"
        yield f"| `{rule.name}` | {_type(rule)} | {rule.zh} | {rule.en} | {held} |"


def _type(rule: FieldRule) -> str:
    name = f"[{rule.enum.__name__}](#enumerations)" if rule.enum else _TYPES[rule.kind]
    return f"list of {name}" if rule.many else name


def _rest(catalogue: Catalogue) -> str:
    known = {rule.coordinate for record in catalogue.records.values() for rule in record.fields.values()}
    others = [rule for name, rule in catalogue.fields.items() if name not in known]
    return "\n".join(["## EntityConnection 经营主体分页结果\n", *_field_rows(others), ""])


def _enums() -> str:
    lines = ["## Enumerations\n", "| Name | 中文 / English | Values |", "|---|---|---|"]
    for name, (enum, description) in sorted(ENUMS.items()):
        values = " · ".join(f"`{member.name}` {member.zh}" for member in enum)
        lines.append(f"| `{name}` | {description} | {values} |")
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- findings.md

_FINDINGS = """# What the doctor finds

Made from the findings of [`chengxin-hub doctor`](commands.md#chengxin-hub-doctor); `make golden` writes it anew. Do not
edit it. Codes stay as they are, sentences may be reworded; names in braces are filled in.
"""


def findings_page() -> str:
    """The page of findings: code, both sentences, what to do; the good ones last."""
    heads = {Severity.BAD: "Bad ✗ 有误", Severity.NOTE: "To note ! 注意", Severity.GOOD: "Good ✓ 好"}
    parts = [_FINDINGS]
    for severity, head in heads.items():
        rows = [
            f"| `{code}` | {said.zh}<br>{said.en} | {f'{said.todo_zh}<br>{said.todo_en}' if said.todo_zh else '–'} |"
            for code, said in SAYINGS.items()
            if said.severity is severity
        ]
        parts.append("\n".join([f"## {head}\n", "| Code | Finding | What to do |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
