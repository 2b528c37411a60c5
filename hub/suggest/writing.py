"""Writes a proposal as a section of `hub.toml`, with the reasons as comments above it. Shows names, and of cells only codes of enumerations."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hub.suggest.matching import Suggestion
from hub.suggest.proposing import Proposal
from hub.toml_text import write_toml

_HEAD = """\
# 由 chengxin-hub suggest-mapping 提出,请逐行核对后并入 hub.toml;每个键的含义见 docs/configuration.md。
# Proposed by chengxin-hub suggest-mapping: read every line, then put it into hub.toml."""


def write_section(source: Mapping[str, Any], place: Mapping[str, Any], proposal: Proposal) -> str:
    """A `[[source]]` with its one record; every comment is one line whatever the columns are called."""
    record = {"record": proposal.record, **place, **proposal.options}
    lines = [_HEAD, "#", *_told(proposal)]
    return "\n".join(lines) + "\n" + write_toml({"source": [{**source, "record": [record]}]})


def _told(proposal: Proposal) -> Iterator[str]:
    for each in proposal.suggestions:
        yield f"# {_plain(each.column.name)} → {_target(each)}{_why(each)}"
    if proposal.left_out:
        yield "#"
        yield "# 未映射 / left out:"
    for column, (zh, en) in proposal.left_out.items():
        yield f"#   {_plain(column)}: {_plain(zh)} / {_plain(en)}"
    if proposal.lacking:
        yield "#"
        yield "# 须由人补全 / to be completed by hand:"
    for zh, en in proposal.lacking:
        yield f"#   {_plain(zh)} / {_plain(en)}"


def _target(each: Suggestion) -> str:
    return f"{each.canonical} {each.confidence:.2f}" if each.canonical else "–"


def _why(each: Suggestion) -> str:
    reasons = ", ".join(each.best.reasons) if each.best is not None else ""
    others = "; ".join(each.alternatives[:2])
    parts = [f"({reasons})" if reasons else "", f"或 / or {others}" if others else ""]
    return "".join(f" {part}" for part in parts if part)


def _plain(text: str) -> str:
    """A text on one line, whatever characters it has."""
    return text if text.isprintable() else json.dumps(text, ensure_ascii=True)
