"""The command of a witness: follows the log of somebody else's hub. Needs no configuration and no store."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from hub.audit.checkpoint import Checkpoint
from hub.audit.remote import MAX_KEYS_BYTES, Address, Folder, RemoteError, get, place_at
from hub.audit.witness import AlarmError, Witness, open_witness
from hub.cli_operating import refused
from hub.terminal import err, out

ALARM, UNFINISHED = 1, 3
_ALARMS = {
    "FORKED": (
        "日志出现分叉:第 {size} 条的检查点与先前见证的不一致,未签署",
        "the log was forked: its checkpoint of {size} entries does not go on from the one that was witnessed; not cosigned",
    ),
    "OTHER_LOG": ("此地址给出的是另一日志的检查点,未签署", "the checkpoint is another log's; not cosigned"),
    "SHRUNK": (
        "日志变短:检查点只有 {size} 条,少于先前见证的,未签署",
        "the log became shorter: its checkpoint has {size} entries, fewer than were witnessed; not cosigned",
    ),
    "UNSIGNED": (
        "检查点没有已知密钥的签名,未签署;若日志更换了密钥,请核实后用 --keys 给出新的公钥",
        "no known key signed the checkpoint; not cosigned. If the log's key was changed, make sure, and give --keys",
    ),
}


def witness(
    state: Annotated[Path, typer.Option(help="状态目录 / folder of the witness: its key, and what it saw")],
    name: Annotated[str, typer.Option(help="见证方名称,如 office.example/w1 / its name, as it is announced")],
    log: Annotated[
        str | None, typer.Argument(help="日志地址,如 https://…/audit / address of the log, or an exported folder")
    ] = None,
    keys: Annotated[
        str | None, typer.Option(help="日志公钥的文件或地址,首次必填 / keys of the log: a file or an address; at first")
    ] = None,
    every: Annotated[int, typer.Option(min=5, max=86_400, help="间隔秒数 / seconds between two looks")] = 60,
    once: Annotated[bool, typer.Option("--once", help="只看一次 / look once")] = False,
    listen: Annotated[
        str | None, typer.Option(help="不去取,等日志送来:监听 主机:端口 / wait to be asked instead: host and port")
    ] = None,
) -> None:
    """见证他方的审计日志:核对只增未改并加签 / Witness somebody else's log: verify that it only grew, and cosign."""
    try:
        made = open_witness(state, name, None if keys is None else _keys(keys), time.time)
    except (OSError, ValueError) as fault:
        refused(f"不能见证:{fault}", f"no witness: {fault}")
    err.print(f"{made.signer.verifier.written()}", markup=False)
    if listen is not None:
        _listen(made, listen)
        return
    if log is None:
        refused("须给出日志地址,或 --listen", "give the address of the log, or --listen")
    place = place_at(log)
    while True:
        _look(made, place, once=once)
        if once:
            return
        time.sleep(every)


def _listen(made: Witness, address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        refused("--listen 须为 主机:端口", "--listen takes host:port")
    import uvicorn  # noqa: PLC0415 - for a witness that listens

    from hub.audit.witness_door import witness_app  # noqa: PLC0415 - the same

    uvicorn.run(
        witness_app(made), host=host.strip("[]"), port=int(port), log_level="warning", ws="none", lifespan="off"
    )


def _look(made: Witness, place: Address | Folder, *, once: bool) -> None:
    try:
        found = asyncio.run(made.look(place))
    except AlarmError as alarm:
        chinese, english = (words.format(size=alarm.size) for words in _ALARMS[alarm.reason])
        refused(f"{chinese};证据在 {made.folder}", f"{english}; the evidence is in {made.folder}", code=ALARM)
    except RemoteError as fault:
        if once:
            refused(f"未能见证:{fault}", f"not witnessed: {fault}", code=UNFINISHED)
        err.print(f"暂不可达,稍后再看:{fault} / not to be reached, trying again: {fault}", markup=False)
    except OSError as fault:
        refused(f"未能见证:{fault}", f"not witnessed: {fault}", code=UNFINISHED)
    else:
        _tell(found)


def _tell(found: Checkpoint | None) -> None:
    if found is not None:
        out.print(f"已加签 / cosigned: {found.origin} {found.size}", markup=False)


def _keys(where: str) -> bytes:
    if where.startswith(("https://", "http://")):
        return asyncio.run(get(where, MAX_KEYS_BYTES))
    return Path(where).read_bytes()[:MAX_KEYS_BYTES]
