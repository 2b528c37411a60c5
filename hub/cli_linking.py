"""`chengxin-hub identities link-sheet`: what a batch found certain goes into the crosswalk, row by row."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli_operating import refused
from hub.cli_signed import AsOption, CodeOption, PurposeOption, Signed, Turned, signed_in
from hub.identity.sheets import Sheet, SheetFault
from hub.terminal import ConfigOption, err, out

_ASKED = """mutation ($key: String!, $entity: EntityInput!, $evidence: String!, $confidence: Float!) {
  linkKey(key: $key, entity: $entity, evidence: $evidence, confidence: $confidence) { changed position } }"""
_COLUMNS = ("row", "key", "outcome", "probability", "uscc", "reasons")
_MOST_EVIDENCE = 500
_EVERY = 100
"""Rows between two lines that tell how far it is."""


def link_sheet(
    file: Annotated[Path, typer.Argument(help="批量识别的结果(CSV) / the result of `chengxin-hub resolve`")],
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    start: Annotated[int, typer.Option("--from", min=1, help="从第几行开始 / row to begin with")] = 1,
    purpose: PurposeOption = None,
    code: CodeOption = None,
) -> None:
    """将批量识别中确定的对应登记入主体对应表 / Link the keys of which a batch was certain."""
    linked, known, left = 0, 0, 0
    try:
        rows = [row for _, row in Sheet(file, _COLUMNS).rows()]
    except OSError as fault:
        refused(f"读不到 {file}", f"{file} cannot be read: {fault.strerror}")
    except SheetFault as fault:
        refused(f"{file}: {fault.zh}", f"{file}: {fault.en}")
    with signed_in(config, username, code, purpose) as signed:
        for number, row in enumerate(rows[start - 1 :], start):
            if row["outcome"] != "MATCH" or not row["key"] or not row["uscc"]:
                left += 1
            elif _link(signed, number, row, file):
                linked += 1
            else:
                known += 1
            if number % _EVERY == 0:
                err.print(f"{number:,} / {len(rows):,}", markup=False)
    out.print(
        f"新登记 {linked:,}、此前已登记或已属他人 {known:,}、不确定或无编号 {left:,}"
        f" / linked {linked:,}, known before or somebody else's {known:,}, not certain or without a key {left:,}",
        markup=False,
    )


def _link(signed: Signed, number: int, row: dict[str, str], file: Path) -> bool:
    """True if the key is new; one that stands for another entity is told of, whatever else is wrong ends the command."""
    evidence = f"{file.name} {row['row']}: {row['reasons']}"[:_MOST_EVIDENCE]
    try:
        sure = min(float(row["probability"]), 0.999)
    except ValueError:
        refused(f"第 {number} 行的概率不是数字", f"the probability of row {number} is no number")
    entity = {"uscc" if len(row["uscc"]) == 18 else "regNo15": row["uscc"]}
    given = {"key": row["key"].removeprefix("'"), "entity": entity, "evidence": evidence}
    done = signed.attempt(_ASKED, {**given, "confidence": sure})
    if isinstance(done, Turned):
        if done.code == "KEY_LINKED":
            err.print(f"第 {number} 行:{done.zh} / row {number}: {done.en}", markup=False)
            return False
        refused(
            f"第 {number} 行:{done.code}: {done.zh} 之前各行已登记;排除后请用 --from {number} 继续",
            f"row {number}: {done.en} What stands above it is linked: go on with --from {number}",
            code=1,
        )
    return bool(done["linkKey"]["changed"])
