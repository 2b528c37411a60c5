"""`chengxin-hub notices`: who was told what, by which channel, and whether it arrived. Changes nothing."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli_operating import open_hub
from hub.notices.book import MOST, list_notices
from hub.store.deliveries import DeliveryState
from hub.terminal import ConfigOption, err, out


def notices(
    config: ConfigOption = Path("hub.toml"),
    given_up: Annotated[bool, typer.Option("--given-up", help="只列无法送达的 / only those given up")] = False,
    most: Annotated[int, typer.Option(min=1, max=MOST, help="条数 / how many notices")] = 50,
) -> None:
    """列出通知及其送达情况,最新的在前 / List notices and what became of them, the newest first."""
    hub = open_hub(config)
    found = hub.database.reading(lambda connection: list_notices(connection, hub.attendant.vault, hub.naming, MOST))
    shown = [one for one in found if not given_up or any(map(_is_given_up, one["deliveries"]))][:most]
    for notice in shown:
        out.print(f"{notice['number']}  {notice['made']}  {notice['kind']}  {notice['title']}", markup=False)
        for delivery in notice["deliveries"]:
            out.print(f"    {_line(delivery)}", markup=False)
    if not shown:
        err.print("没有通知 / there are no notices", markup=False)


def _line(delivery: dict[str, Any]) -> str:
    ((kind, name),) = delivery["to"].items()
    parts = (kind, name, delivery["channel"], delivery["state"], delivery.get("fault"), delivery["deadline"])
    return "  ".join(part for part in parts if part)


def _is_given_up(delivery: dict[str, Any]) -> bool:
    return bool(delivery["state"] == DeliveryState.GIVEN_UP)
