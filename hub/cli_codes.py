"""`chengxin-hub codes`: streets that are taken up in one go, their plates, and the keys that sign them.

A street is brought by somebody who signs in, through the same mutation as over HTTP; its rows are worked on here, while
progress is shown, or by whatever hub serves beside. Run again with the same file it goes on where it stopped.
"""

import contextlib
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from sqlalchemy import Connection

from auth.server.ledger import Event
from hub.acts.code_house import CodeHouse
from hub.acts.code_told import moment_of
from hub.app import Hub
from hub.cli_operating import event, open_hub, performed, refused
from hub.cli_signed import AsOption, CodeOption, PurposeOption, Signed, signed_in
from hub.code.batches import MOST_CHARS, Batches
from hub.code.codes import Codes
from hub.code.keys import Algorithm, make_code_key
from hub.code.origin import freeze_origin
from hub.code.printing import Missing, Printer
from hub.code.streets import Street, street_of, street_zip
from hub.terminal import ConfigOption, err, out

codes_cli = typer.Typer(no_args_is_help=True, help="码上诚信码:批量申领、门牌、签名密钥 / Codes: streets, plates, keys")
FileArgument = Annotated[
    Path, typer.Argument(help="CSV:统一社会信用代码,已签承诺,亮码位置 / CSV: uscc, committed, places")
]
ZipOption = Annotated[Path | None, typer.Option("--zip", help="门牌打包存为 / write the plates to this ZIP")]
_ONBOARD = """mutation ($name: String!, $csv: String!) { onboardStreet(name: $name, csv: $csv) {
  started batch { id total } } }"""
_ROWS = """query ($id: ID!) { codeBatch(id: $id) { total done issued known pending rejected
  rows { line uscc outcome reason { text textEn remedy remedyEn } } } }"""


@codes_cli.command()
def onboard(
    file: FileArgument,
    username: AsOption,
    config: ConfigOption = Path("hub.toml"),
    name: Annotated[
        str | None, typer.Option(help="街区名称,默认文件名 / name of the street; the file's unless given")
    ] = None,
    archive: ZipOption = None,
    code: CodeOption = None,
    purpose: PurposeOption = None,
) -> None:
    """为一条街批量申领,显示进度;中断后用同一文件再运行即可继续 / Take up a street; run again to go on."""
    text = _text(file)
    with signed_in(config, username, code, purpose) as signed:
        house = _house(signed.hub)
        brought = signed.ask(_ONBOARD, {"name": name or file.stem[:40], "csv": text})["onboardStreet"]
        batch, total = brought["batch"]["id"], brought["batch"]["total"]
        err.print(f"{batch}: {'新批次 / new' if brought['started'] else '继续 / goes on'}", markup=False)
        _work(signed, house, batch, total)
        found = signed.ask(_ROWS, {"id": batch})["codeBatch"]
        _show(found)
        if archive is not None:
            _write(signed.hub, house, batch, archive)
    if found["done"] < found["total"]:
        refused(
            "登记机关暂未应答,其余各行待办:稍后用同一文件再运行",
            "the register does not answer, some rows wait: run this again with the same file",
            code=1,
        )


@codes_cli.command()
def plates(
    batch: Annotated[str, typer.Argument(help="批次编号 / id of the batch")],
    archive: Annotated[Path, typer.Option("--zip", help="存为 / write to this ZIP")],
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """把一个批次的门牌打包 / Write the plates of a street to a ZIP."""
    hub = open_hub(config)
    _write(hub, _house(hub), batch, archive)


@codes_cli.command("new-key")
def new_key(
    config: ConfigOption = Path("hub.toml"),
    sm2: Annotated[bool, typer.Option("--sm2", help="国密 SM2 密钥 / a key of SM2, not of Ed25519")] = False,
) -> None:
    """更换门牌签名密钥;旧门牌仍可验真 / Sign plates with a new key from now on; old plates stay true."""
    hub = open_hub(config)
    house = _house(hub)
    algorithm = Algorithm.SM2 if sm2 else Algorithm.ED25519
    try:
        made = make_code_key(hub.attendant.keys.folder, hub.gateway.clock.today(), algorithm)
    except OSError as fault:
        refused(f"未生成密钥:{fault}", f"no key was made: {fault}", code=1)
    if made is None:
        refused("今天已更换过", "a key was made today already", code=1)
    told: Event = event("CODE_KEY_MADE", "GRANTED", made, told={"algorithm": algorithm.value})
    performed(hub, lambda ledger: ledger.record(told))
    out.print(
        f"{house.keys.kid} → {made}: 复制到每个工作节点并重启 / copy it to every worker and restart them", markup=False
    )
    if sm2:
        err.print(
            "浏览器不能核对国密签名:断网时扫码页会说明真假未知,联网由本市核对\n"
            "browsers can't check SM2: without a network the page with the camera says that nothing is known, with one the hub checks",
            markup=False,
        )


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as fault:
        refused(f"读不到文件 {file.name}", f"{file.name} cannot be read: {fault.strerror}")
    if len(raw) > MOST_CHARS * 4:
        refused("文件过大", "the file is too large")
    with contextlib.suppress(UnicodeDecodeError):
        return raw.decode("utf-8-sig")
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        refused("文件须为 UTF-8 或 GB18030", "the file is UTF-8 or GB18030")


def _house(hub: Hub) -> CodeHouse:
    if hub.codes is None:
        refused("配置中没有 [code]", "the configuration has no [code]", code=1)
    return hub.codes


def _work(signed: Signed, house: CodeHouse, name: str, total: int) -> None:
    """Look at the rows that wait, while it is shown how many are done; until none is left or the register is silent."""
    database = signed.hub.database
    batch = database.reading(lambda connection: Batches(connection, 0).of_id(name))
    with Progress(console=err) as shown, contextlib.suppress(KeyboardInterrupt):
        task = shown.add_task("办理 / rows", total=total)
        while batch is not None:
            waiting = database.reading(lambda connection: Batches(connection, 0).counts([name])).get(name, {})
            shown.update(task, completed=total - waiting.get(None, 0))
            if signed.run(house.keeper.work_batch(batch)) is None:
                return


def _show(found: dict[str, Any]) -> None:
    counts = f"{found['done']}/{found['total']}  赋码 / issued {found['issued']}  已有 / known {found['known']}"
    out.print(f"{counts}  待核 / pending {found['pending']}  未予 / rejected {found['rejected']}", markup=False)
    for row in found["rows"]:
        if row["reason"] is not None:
            said = row["reason"]
            out.print(
                f"{row['line']} {row['uscc'] or '–'}: {said['text']}。{said['remedy']} / {said['textEn']}; {said['remedyEn']}",
                markup=False,
            )


def _write(hub: Hub, house: CodeHouse, name: str, archive: Path) -> None:
    """The ZIP of a street; on record before it is written."""
    occasion, origin = hub.attendant.occasion("command"), house.rules.address.origin
    moment = moment_of(occasion)

    def work(connection: Connection) -> Street:
        if Batches(connection, occasion.now).of_id(name) is None:
            refused("没有这个批次", "there is no such batch", code=1)
        street, codes = street_of(connection, name, moment), Codes(connection, moment)
        if street.plates and not hub.settings.hub.deterministic:
            freeze_origin(connection, origin, moment.day.isoformat())
        for one, _ in street.plates:
            code = codes.of_id(one)
            if code is not None:
                codes.note_printed(code)
        return street

    def kept(ledger: Any) -> Street:
        street = work(ledger.connection)
        ledger.record(event("CODES_PRINTED", "GRANTED", name, told={"plates": str(len(street.plates))}))
        return street

    street: Street = performed(hub, kept)
    try:
        made = street_zip(Printer(house.rules.address, house.keys, house.rules.table.fonts), street)
        with os.fdopen(os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(made)
    except Missing:
        refused("未安装印制组件:chengxin-hub[print]", "printing is not installed: chengxin-hub[print]", code=1)
    except OSError as fault:
        refused(f"写不了 {archive.name}", f"{archive.name} cannot be written: {fault.strerror}", code=1)
    out.print(f"{archive}: {len(street.plates)} 张门牌 / plates", markup=False)
