"""Runs the demo in the foreground: the city, a hub in front of it, and where to find everything.

Every byte of state lies in one folder. The demo's clock can be moved by another process; tokens outlive any move.
"""

import asyncio
import fcntl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from adapters.base import SourceError
from hub.acts.name_copy import fill_unless_fresh
from hub.app import Hub, build_app, wire
from hub.clock import Clock
from hub.demo import hook
from hub.demo.accounts import ACCOUNTS, Opening, furnish
from hub.demo.city import PASSWORD, City, Front, build_city
from hub.demo.credentials import FILE, PEOPLE, write_credentials
from hub.demo.examples import city_examples
from hub.demo.first_day import begin_day, look_over
from hub.demo.local_codes import furnish_codes, page_of
from hub.demo.moving_clock import MovingClock
from hub.demo.outbox import ADDRESS, outbox_routes
from hub.demo.personas import README_USCC
from hub.serve import serve_until_stopped, server
from hub.settings import load_settings

SEED = "zhaodong"
_ISSUED = datetime(2020, 1, 1, tzinfo=UTC)
_LIFETIME = timedelta(days=365 * 100)
_QUESTION = f'{{ entity(uscc: "{README_USCC}") {{ name licences {{ certificateName }} }} }}'


async def run_demo(folder: Path, port: int, *, twin: bool, announce: Callable[[str], None]) -> None:
    """Run until interrupted; OSError where the folder or the port cannot be had."""
    with _alone(folder):
        clock = Clock(MovingClock(folder / "clock").now)
        base_url = f"http://127.0.0.1:{port}"
        city = await build_city(folder, twin=twin, today=clock.today(), seed=SEED, front=Front(base_url, clock.seconds))
        try:
            await _serve(city, clock, port, twin, lambda page: announce(_welcome(city, base_url, page)))
        finally:
            await city.aclose()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second demo out: it would write the files that the first one reads. The lock ends with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "running.lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(
                f"{folder}: 已有演示城市在此目录运行;先结束它,或用 --var(make:VAR=)另选目录 / "
                "a demo city runs in this folder already: end it, or choose another folder with --var (make: VAR=)"
            ) from None
        yield


async def _serve(city: City, clock: Clock, port: int, twin: bool, announce: Callable[[str], None]) -> None:
    hub = wire(load_settings(city.configuration), clock)
    try:
        await look_at_sources(hub)
        await _copy_names(hub)
        opening = Opening(SEED)
        furnish(hub, opening)
        furnish_codes(hub, SEED, clock.today(), twin=twin)
        if hub.database.made:
            await begin_day(hub)
        write_credentials(city.folder / FILE, city.credentials, partial(_open, hub, opening))
        secret = (city.folder / hook.SECRET).read_text(encoding="ascii")
        notices = [
            *outbox_routes(hub.database, hub.attendant.vault, hub.naming),
            *hook.hook_routes(secret, clock.seconds),
        ]
        app = build_app(hub, city_examples(clock.today()), notices)
        page = hub.database.reading(lambda connection: page_of(connection, README_USCC))
        looking: list[asyncio.Task[None]] = []

        def begun() -> None:
            announce(page)
            if hub.database.made:
                looking.append(asyncio.create_task(look_over(hub)))

        try:
            await serve_until_stopped(server(app, "127.0.0.1", port), begun)
        finally:
            for task in looking:
                task.cancel()
            await asyncio.gather(*looking, return_exceptions=True)
    except OSError:
        # The application closes the hub when it ends; here it never began.
        await hub.close()
        raise


async def _copy_names(hub: Hub) -> None:
    """Fill the name index; a city whose register is silent begins without one."""
    try:
        await fill_unless_fresh(hub.settings.name_index, hub.registers, hub.attendant, lambda _: None)
    except SourceError:
        return


async def look_at_sources(hub: Hub) -> None:
    """Ask each source once whether it answers, so that dropped files are taken before the first question."""
    looks = [source.adapter.check() for source in hub.sources.values()]
    failures = [found for found in await asyncio.gather(*looks, return_exceptions=True) if found is not None]
    for failure in failures:
        # What a source was found to be stands in its health; anything else is a mistake of ours.
        if not isinstance(failure, SourceError):
            raise failure


def _open(hub: Hub, opening: Opening, client: str, username: str) -> Mapping[str, str]:
    """What opens the hub for a client, or for a person through it."""
    if username:
        return opening.of_person(username)
    return {"client_secret": opening.secret(client), "token": hub.issuer.issue(client, _ISSUED, _LIFETIME)}


def _welcome(city: City, base_url: str, page: str) -> str:
    return "\n".join(
        (
            "",
            "肇东市“码上诚信”演示城市已就绪 / The demo city is ready",
            f"  查询台 / query desk     {base_url}/graphql",
            f"  管理台 / console        {base_url}/console",
            f"  模式 / schema           {base_url}/graphql/schema",
            f"  凭证 / credentials      {city.folder / FILE}",
            f"  人员 / people           {'、'.join(a.username for a in ACCOUNTS[:4])} … 的密码和动态码 / passwords and codes: {city.folder / PEOPLE}",
            f"  商户 / merchants        {base_url}/oauth/password → 实名认证平台（演示），密码均为 / password {PASSWORD}",
            f"  码页 / a code's page    {base_url}{page}",
            f"  扫码 / the camera       {base_url}/scan",
            f"  举报 / report a code    {base_url}/c/report",
            f"  核验 / check a receipt  {base_url}/verify",
            f"  通知 / notices          {base_url}{ADDRESS}",
            f"  配置 / configuration    {city.configuration}",
            f"  示例主体 / an entity    {README_USCC}",
            f"  计划 / a plan           {sys.argv[0]} explain --config {city.configuration} '{_QUESTION}'",
            "  按 Ctrl-C 结束全部 / Ctrl-C ends everything",
            "",
        )
    )
