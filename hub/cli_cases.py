"""`chengxin-hub cases list | sample`: questions that named a case nobody knew, for whoever audits them. Reads only."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from hub.cases.sampling import Unknown, draw, unknown_cases
from hub.cli_operating import MAX_NAME, open_hub, refused, typed
from hub.terminal import ConfigOption, out

cases_cli = typer.Typer(no_args_is_help=True, help="无法核实的案件 / Cases nobody knows")
DaysOption = Annotated[int, typer.Option(min=1, max=366, help="最近几日 / of the last days")]
ShareOption = Annotated[float, typer.Option(help="抽样比例,百分数 / share of the questions, in percent")]
SeedOption = Annotated[
    str | None,
    typer.Option(help="随机种子,同一种子抽到同样的记录;默认为今日 / the same seed draws the same; today's date"),
]


@cases_cli.command("list")
def list_cases(days: DaysOption = 30, config: ConfigOption = Path("hub.toml")) -> None:
    """列出无法核实的案件(仅摘要)及查询次数 / List cases nobody knew, by digest, and how many questions named them."""
    _, cases = _found(config, days)
    for case in cases:
        period = f"{min(case.days)} – {max(case.days)}"
        out.print(
            f"{case.digest}  {case.department}  {case.purpose}  {max(case.days.values())}  {len(case.positions)}  {period}",
            markup=False,
            highlight=False,
        )


@cases_cli.command()
def sample(
    days: DaysOption = 30,
    share: ShareOption = 5.0,
    seed: SeedOption = None,
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """随机抽取无法核实案件的查询记录,输出其在审计记录中的位置 / Draw a random sample: positions in the record."""
    if not 0 < share <= 100:
        refused("--share 须大于 0 且不超过 100", "--share takes more than 0 and 100 at most")
    today, cases = _found(config, days)
    given = today if seed is None else typed(seed, MAX_NAME, "--seed")
    drawn = draw(cases, share, given)
    total = sum(len(case.positions) for case in cases)
    out.print(f"种子 / seed: {given};{len(drawn)} / {total}", markup=False, highlight=False)
    for position in drawn:
        out.print(str(position), markup=False, highlight=False)


def _found(config: Path, days: int) -> tuple[str, list[Unknown]]:
    """Today, and the cases of so many days of which it is the last."""
    hub = open_hub(config)
    today = hub.gateway.clock.today()
    since = (today - timedelta(days=days - 1)).isoformat()
    return today.isoformat(), hub.database.reading(lambda connection: unknown_cases(connection, since))
