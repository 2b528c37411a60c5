"""`chengxin-hub grants as-of | replay | unused` and `chengxin-hub selfcheck`: looking back and ahead, by whoever runs the hub.

They read the store of this configuration and decide nothing. What is kept is how far a replay came, which fields were
asked when, and the report of a check, which is recorded.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection

from hub.acts.examining import UnsettledError
from hub.app import Hub
from hub.callers.ledger import StoreLedger
from hub.cli_operating import event, known, open_hub, performed, refused, typed
from hub.clock import rfc3339
from hub.exchange.approved import accept
from hub.exchange.as_of import as_csv, as_text, departments_at, past_grants
from hub.exchange.as_of_page import as_page
from hub.exchange.differences import Draft, draft_of
from hub.exchange.reading import NoRequestError, changes_of, days_before, now_in_force
from hub.exchange.replaying import (
    Job,
    Outcome,
    Replayer,
    Tally,
    advance,
    digest_of,
    find_job,
    keep_job,
    new_job,
)
from hub.exchange.simulator_words import report_text
from hub.exchange.unused import Unused, asked_since, keep_scan, next_scan, unused
from hub.terminal import ConfigOption, err, out
from schema.simulating_enums import FieldShift

DaysOption = Annotated[int, typer.Option(min=1, max=730, help="最近多少天 / how many days back")]
_NO_LIMIT = 2**62


def as_of(
    day: Annotated[str, typer.Argument(help="日期 / day, YYYY-MM-DD")],
    config: ConfigOption = Path("hub.toml"),
    department: Annotated[str | None, typer.Option(help="只要此部门 / of this department only")] = None,
    as_table: Annotated[bool, typer.Option("--csv", help="输出 CSV / as CSV")] = False,
    html: Annotated[Path | None, typer.Option(help="写成可打印的网页 / write a page for printing")] = None,
) -> None:
    """打印某日有效的授权,按当时的含义 / Print the grants in force on a day, as they were meant then."""
    hub, wanted = open_hub(config), _day(day)
    views = hub.gateway.wording.catalogue.fields.values()
    if wanted > hub.gateway.clock.today():
        refused("日期不能晚于今天", "that day is still to come")
    if department is not None:
        there = hub.database.reading(lambda connection: departments_at(connection, wanted))
        department = known(("部门", "department"), department, there)
    past = hub.database.reading(lambda connection: past_grants(connection, views, wanted, department))
    if html is not None:
        page = as_page(past, hub.settings.hub.controller, rfc3339(hub.gateway.clock.now()))
        try:
            html.write_text(page, encoding="utf-8")
        except OSError as fault:
            refused(f"无法写入 {html}", f"cannot be written: {fault.strerror}", code=1)
        out.print(f"{html}: {len(past.grants)} 项授权 / grants", markup=False)
        return
    typer.echo(as_csv(past) if as_table else as_text(past), nl=False)


def replay(
    request: Annotated[str, typer.Argument(help="申请编号 / number of the request")],
    config: ConfigOption = Path("hub.toml"),
    days: DaysOption = 30,
    anew: Annotated[bool, typer.Option("--anew", help="从头开始 / begin again")] = False,
) -> None:
    """以近日的查询重放一份申请;可中断,再次运行则继续 / Recorded questions against a request; goes on where it was stopped."""
    hub = open_hub(config)
    number = typed(request, 32, "NUMBER")
    job, replayer = _begun(hub, number, days, anew=anew)
    with _progress("重放 / replaying", job.last - job.first) as (progress, task), _stoppable():
        progress.update(task, completed=job.next - job.first)
        while not job.done:
            job = _advanced(hub, job, replayer)
            progress.update(task, completed=job.next - job.first)
    _show_replay(job)


def unused_grants(config: ConfigOption = Path("hub.toml"), days: DaysOption = 90) -> None:
    """列出已授权而近日无人查询的字段 / List fields that are granted and that nobody asked for in the last days."""
    hub = open_hub(config)
    _count_asked(hub)
    moment = hub.gateway.clock.moment()
    views, since = hub.gateway.wording.catalogue.fields.values(), days_before(moment.day, days)

    def work(connection: Connection) -> list[Unused]:
        found = now_in_force(connection, views, moment.day, moment.second)
        return unused(found.situation, asked_since(connection, since, _NO_LIMIT)[0])

    found = hub.database.reading(work)
    for one in found:
        grant = one.grant
        purposes = ", ".join(sorted(grant.purposes))
        out.print(f"{grant.id}  {grant.department}  {grant.role}  {purposes}", markup=False)
        out.print(f"    {len(one.fields)}/{one.given}: {', '.join(one.fields)}", markup=False)
    out.print(
        f"自 {since[:10]} 起 {len(found)} 项授权有未查询的字段 / grants with unused fields since then", markup=False
    )


def selfcheck(
    config: ConfigOption = Path("hub.toml"),
    take: Annotated[
        bool, typer.Option("--accept", help="把存储现状作为已批准 / take what the store holds now for approved")
    ] = False,
) -> None:
    """核对每个字段×角色×用途×部门与已批准的策略表 / Check every field, role, purpose and department against what was approved."""
    hub = open_hub(config)
    if take:
        _accept(hub)
    try:
        kept = asyncio.run(hub.checker.check(by=event("SELF_CHECKED", "", "").person))
    except UnsettledError:
        refused("核对时授权一直在变,请稍后再试", "grants kept changing meanwhile: try again later", code=1)
    typer.echo(report_text(kept), nl=False)
    raise typer.Exit(1 if kept.count else 0)


def _accept(hub: Hub) -> None:
    """Take what is there for approved, and have it recorded who did so."""

    def work(ledger: StoreLedger) -> None:
        accept(ledger.connection, ledger.vault, ledger.now)
        ledger.record(event("POLICY_TABLE_ACCEPTED", "GRANTED", ""))

    performed(hub, work)


def _begun(hub: Hub, request: str, days: int, *, anew: bool) -> tuple[Job, Replayer]:
    """The replay of a request, where it was or from the beginning, and what it compares with."""
    moment = hub.gateway.clock.moment()
    views = hub.gateway.wording.catalogue.fields.values()

    def work(connection: Connection) -> tuple[Job, Draft]:
        situation = now_in_force(connection, views, moment.day, moment.second).situation
        changes = changes_of(connection, request)
        draft = draft_of(situation, changes)
        digest = digest_of(draft, changes)
        found = None if anew else find_job(connection, request, digest, days)
        if found is not None and not found.done:
            return found, draft
        return new_job(connection, request, digest, days, days_before(moment.day, days)), draft

    try:
        job, draft = hub.database.reading(work)
    except NoRequestError:
        refused(f"没有编号为 {request} 的申请", "there is no request of this number")
    return job, Replayer(draft)


def _advanced(hub: Hub, job: Job, replayer: Replayer) -> Job:
    """One slice further, and kept: whatever is killed, what was kept is whole."""
    made = hub.database.reading(lambda connection: advance(connection, job, replayer))
    now = hub.gateway.clock.moment().second
    hub.database.acting(lambda connection: keep_job(connection, made, now))
    return made


def _show_replay(job: Job) -> None:
    tally, total = job.tally, sum(job.tally.total(outcome) for outcome in Outcome)
    told = (
        ("少答 / less", Outcome.LESS),
        ("可能少答 / perhaps less", Outcome.PERHAPS),
        ("多答 / more", Outcome.MORE),
        ("不变 / the same", Outcome.SAME),
    )
    out.print(f"{job.request}: {total} 次查询 / questions, {job.days} 天 / days", markup=False)
    for label, outcome in told:
        out.print(f"  {label}: {tally.total(outcome)}", markup=False)
    for group in sorted(tally.outcomes):
        _show_group(tally, group)


def _show_group(tally: Tally, group: tuple[str, str, str, str]) -> None:
    moved = tally.fields.get(group)
    if not moved:
        return
    client, department, role, purpose = group
    out.print(f"{client or '公众 / public'}  {department or '-'}  {role}  {purpose}", markup=False)
    for (name, shift), count in sorted(moved.items()):
        kind = FieldShift[shift.name]
        out.print(f"    {name}  {kind.zh} / {kind.en}: {count}", markup=False)


def _count_asked(hub: Hub) -> None:
    """Read what of the record was not read yet."""
    with _progress("读取记录 / reading the record", None) as (progress, task), _stoppable():
        while True:
            scan = hub.database.reading(next_scan)
            if scan is None:
                return
            hub.database.acting(partial(keep_scan, scan=scan))
            progress.update(task, completed=scan.next)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refused("日期写作 2026-03-01", "a day is written 2026-03-01")


@contextmanager
def _progress(label: str, total: int | None) -> Iterator[tuple[Progress, TaskID]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        yield progress, progress.add_task(label, total=total)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Whoever stops it is told that it goes on from there."""
    try:
        yield
    except KeyboardInterrupt:
        refused("已停止;再次运行即从此处继续", "stopped: run it again and it goes on from here", code=1)
