"""`chengxin-hub init`: asks, writes a first configuration, and says what to do next."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.init.answers import WrongAnswer, read_answers
from hub.init.asking import Asker
from hub.init.interview import interview
from hub.init.writing import refuse_existing, write_draft
from hub.settings_mistakes import BadSettings
from hub.terminal import ConfigOption, err, out, refuse
from schema.catalogue import fold_catalogue


def init(
    config: ConfigOption = Path("hub.toml"),
    answers: Annotated[Path | None, typer.Option(help="答案文件(TOML) / file of answers")] = None,
    given: Annotated[
        list[str] | None, typer.Option("--set", help="单个答案,位置=值 / one answer, PLACE=VALUE; may be repeated")
    ] = None,
) -> None:
    """问答式写出第一份 hub.toml / Ask, and write a first hub.toml."""
    catalogue = fold_catalogue()
    try:
        refuse_existing(config)
        known = read_answers(answers, given or [])
        draft = interview(Asker(known, config.parent, person=sys.stdin.isatty()), config.parent, catalogue)
        known.refuse_unused()
        write_draft(draft, config, catalogue)
    except WrongAnswer as fault:
        err.print(str(fault), markup=False)
        raise typer.Exit(2) from None
    except BadSettings as fault:
        err.print("未写出任何文件 / nothing was written", markup=False)
        refuse(config, fault)
    except (KeyboardInterrupt, typer.Abort):
        err.print("\n已中止,未写出任何文件 / stopped, nothing was written", markup=False)
        raise typer.Exit(1) from None
    out.print(f"已写成 / written: {', '.join([str(config), *draft.secrets, *draft.files])}", markup=False)
    out.print(
        f"下一步 / next: chengxin-hub doctor --config {config}; chengxin-hub serve --config {config}", markup=False
    )
    out.print(
        f"正式使用前设立三员 / before real use make the three officers: chengxin-hub bootstrap --config {config}",
        markup=False,
    )
