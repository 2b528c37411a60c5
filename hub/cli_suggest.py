"""`chengxin-hub suggest-mapping`: reads an unknown table, file or answer, or a list of fields, and proposes its mapping."""

import contextlib
import os
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.engine import make_url

from adapters.mapping import RecordOptions
from adapters.registry import options_of
from hub.mapping.trying import MOST_ROWS, Trial, try_mapping
from hub.suggest.fields import HEADING, BadInput, read_fields, written_fields
from hub.suggest.matching import Column, Suggestion, suggest
from hub.suggest.proposing import Proposal, Wish, propose_record
from hub.suggest.sampling import Sample, is_address, read_file, read_table, refuse_unknown, resolved
from hub.suggest.writing import write_section
from hub.terminal import ConfigOption, err
from schema.catalogue import fold_catalogue


def suggest_mapping(
    source: Annotated[
        str | None,
        typer.Argument(help="数据库地址(或 env:、file:)、表格文件、JSON 应答 / address of a database, file, or JSON"),
    ] = None,
    fields: Annotated[Path | None, typer.Option(help="字段清单(CSV) / list of fields")] = None,
    target: Annotated[Path | None, typer.Option("--out", help="写到文件 / file to write to")] = None,
    table: Annotated[str | None, typer.Option(help="表或视图 / table or view")] = None,
    rows: Annotated[str | None, typer.Option(help="行在应答中的位置 / path of the rows in an answer")] = None,
    record: Annotated[str | None, typer.Option(help="载有哪种记录 / record it holds, else guessed")] = None,
    name: Annotated[str | None, typer.Option(help="数据源代号 / name of the source")] = None,
    department: Annotated[str | None, typer.Option(help="部门代号 / code of the department")] = None,
    url: Annotated[str | None, typer.Option(help="取得应答的地址 / where the answer came from, with {key}")] = None,
    include: Annotated[list[str] | None, typer.Option(help="仍要映射的个人信息列 / column of persons to map")] = None,
    show: Annotated[int, typer.Option(min=0, max=MOST_ROWS, help="映射前后各显示几行 / rows before and after")] = 0,
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """看名称、标签和内容,提出字段映射 / Propose a mapping from names, labels and contents."""
    if (source is None) == (fields is None):
        _refuse("请给出数据源或 --fields 之一", "give either a source or --fields")
    try:
        if fields is not None:
            _write(target, written_fields(_suggested(read_fields(fields))), over=True)
            return
        catalogue = fold_catalogue()
        if record is not None and record not in catalogue.records:
            _refuse(f"没有记录 {record}", f"there is no such record: {', '.join(sorted(catalogue.records))}")
        sample = _sample(source or "", table, rows, url)
        known = frozenset(sample.columns)
        if not known.issuperset(include or ()):
            _refuse("--include 指明的列不存在", f"there is no such column; there are {_names(sample)}")
        joins = options_of(sample.kind).joins_local
        proposal = propose_record(sample, catalogue, Wish(record, frozenset(include or ()), joins))
        given = _Given(source or "", name or _name(source or "", sample), department or _department(config), url)
        _write(target, _section(sample, proposal, given), over=False)
    except BadInput as fault:
        err.print(str(fault), markup=False)
        raise typer.Exit(2) from None
    _tell(proposal, target)
    if show and proposal.options.get("local"):
        _show(try_mapping(_tried(proposal), catalogue.records[proposal.record], sample, show))


@dataclass(frozen=True, slots=True)
class _Given:
    source: str
    name: str
    department: str
    url: str | None


def _suggested(columns: list[Column]) -> list[Suggestion]:
    """Suggestions, with the progress on a terminal; Ctrl-C ends it and nothing is written."""
    shown = TextColumn("{task.completed}/{task.total}"), BarColumn(), TimeRemainingColumn()
    with Progress(*shown, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=len(columns))
        return suggest(columns, lambda: progress.advance(task))


def _sample(source: str, table: str | None, rows: str | None, url: str | None) -> Sample:
    address = resolved(source)
    if not is_address(address):
        refuse_unknown(address)
        sample = read_file(Path(source), rows)
        return replace(sample, kind="rest") if sample.kind == "graphql" and "{key}" in (url or "") else sample
    if address == source and make_url(source).password:
        _refuse(
            "地址里不要写密码:用 env:名称 或 file:路径 给出", "holds a password: give env:NAME or file:PATH instead"
        )
    return read_table(address, table)


def _section(sample: Sample, proposal: Proposal, given: _Given) -> str:
    source = {"name": given.name, "kind": sample.kind, "department": given.department}
    lacking = list(proposal.lacking)
    place: dict[str, Any]
    if sample.kind == "sql":
        source, place = {**source, "url": given.source}, {"table": sample.asked}
    elif sample.kind == "memory":
        place = {"file": given.source}
    elif sample.kind == "tabular":
        source, place = {**source, **_folder(given)}, {"files": _pattern(given.source), "take": "stable"}
        lacking.append(
            ("basis、key:填写保存副本的依据,并用 openssl rand -hex 32 生成密钥文件", "say the basis; make the key")
        )
    else:
        place = _service(sample, given.url, source)
        if given.url is None:
            lacking.append(("base_url、路径:填写接口地址", "say where the service is, or give --url"))
        if sample.kind == "graphql":
            lacking.append(
                ("batch.arguments、batch.keys:按接口填写参数名和类型", "say the argument that takes the codes")
            )
    text = write_section(
        source, place, Proposal(proposal.record, proposal.options, proposal.suggestions, proposal.left_out, lacking)
    )
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise BadInput(
            "列名含有配置文件写不了的字符", "a column's name has characters no configuration can hold"
        ) from None
    return text


def _pattern(source: str) -> str:
    """The name of a file without its date, so that the next one is taken as well."""
    return re.sub(r"[0-9]{4,}", "*", Path(source).name)


def _folder(given: _Given) -> dict[str, Any]:
    return {
        "folder": str(Path(given.source).parent),
        "basis": "(保存副本的依据)",
        "keep_days": 30,
        "store": f"stores/{given.name}.db",
        "key": f"file:secrets/{given.name}-store-key",
    }


def _service(sample: Sample, url: str | None, source: dict[str, Any]) -> dict[str, Any]:
    """Where a service is asked; adds its address to the source."""
    parts = urlsplit(
        url or "https://service.example/graphql" if sample.kind == "graphql" else url or "https://service.example/{key}"
    )
    source["base_url"] = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme == "http":
        source["plain_http"] = True
    if sample.kind == "rest":
        path = parts.path if "{key}" in parts.path else f"{parts.path.rstrip('/')}/{{key}}"
        return {"single": {"path": path}, "rows": sample.rows}
    source["path"] = parts.path or "/graphql"
    field, _, below = sample.rows.removeprefix("data.").partition(".")
    arguments = {"usccs": "[String!]!"}
    return {"batch": {"field": field, "rows": below or "$", "arguments": arguments, "keys": "usccs"}}


def _name(source: str, sample: Sample) -> str:
    stem = sample.asked.rpartition(".")[2] if sample.kind == "sql" else re.sub(r"[-_]?[0-9]{4,}", "", Path(source).stem)
    plain = "".join(each if each.isascii() and each.isalnum() else "_" for each in stem.casefold()).strip("_")[:32]
    return plain if plain[:1].isalpha() else "source"


def _department(config: Path) -> str:
    """The only department of the configuration that is there; else one that a person has to name."""
    try:
        known = tomllib.loads(config.read_text(encoding="utf-8")).get("department", [])
    except (OSError, ValueError):
        known = []
    codes = [each.get("code") for each in known if isinstance(each, dict)] if isinstance(known, list) else []
    return str(codes[0]) if len(codes) == 1 else "department"


def _write(target: Path | None, text: str, *, over: bool) -> None:
    """To the file, which is only written over where it holds results and no configuration; else to the screen."""
    if target is None:
        typer.echo(text, nl=False)
        return
    if over and target.is_file() and not _is_result(target):
        raise BadInput(
            f"{target} 不是以前的结果,不会覆盖", "holds no earlier result and is not overwritten: name another file"
        )
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if over else os.O_EXCL)
    try:
        with os.fdopen(os.open(target, flags, 0o644), "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise BadInput(f"{target} 已存在,不会覆盖", "exists and is not overwritten: name another file") from None
    except OSError as fault:
        raise BadInput(f"{target}: 无法写入", f"cannot be written ({fault.strerror})") from None


def _is_result(target: Path) -> bool:
    """True for a file that is empty or was written by this command."""
    with contextlib.suppress(OSError), target.open("rb") as file:
        return file.read(len(HEADING)) in (b"", HEADING)
    return False


def _tell(proposal: Proposal, target: Path | None) -> None:
    mapped = len(proposal.options["columns"])
    zh = f"{proposal.record}: 映射 {mapped} 个字段,未映射 {len(proposal.left_out)} 列,待补全 {len(proposal.lacking)} 处"
    err.print(
        f"{zh} / {mapped} fields mapped, {len(proposal.left_out)} columns left out, {len(proposal.lacking)} to complete",
        markup=False,
    )
    if target is not None:
        err.print(
            f"已写成 {target};并入 hub.toml 后执行 chengxin-hub check / put it into hub.toml, then check", markup=False
        )


def _names(sample: Sample) -> str:
    return ", ".join(name for name in sample.columns[:40] if name.isprintable())


def _tried(proposal: Proposal) -> RecordOptions:
    return RecordOptions.model_validate({"record": proposal.record, **proposal.options})


def _show(trial: Trial) -> None:
    """Rows before and after, on the screen beside what is written; what concerns persons is cut."""
    for number, row in enumerate(trial.rows, 1):
        err.print(f"行 / row {number}", markup=False)
        for cell in row:
            after = cell.after if cell.readable else "无法识别 / unreadable"
            err.print(f"  {cell.place} ← {cell.column}: {cell.before or '–'} → {after or '–'}", markup=False)
    for place, count in trial.unreadable.items():
        if count:
            err.print(f"  ! {place}: {count} 格无法识别 / cells cannot be read", markup=False)


def _refuse(zh: str, en: str) -> NoReturn:
    err.print(f"{zh} / {en}", markup=False)
    raise typer.Exit(2)
