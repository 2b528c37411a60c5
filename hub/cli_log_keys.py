"""Commands on the keys that sign the record: which there are, one more, and one less, with a time in which both sign.

Private halves are made in the key folder and stay there; what happened is on record before it happens.
"""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from hub.app import Hub
from hub.audit.keeping import newest
from hub.audit.keys import KeyFile, KnownKey, RotationError, add_log_key, key_files, retire_log_key
from hub.audit.note import read_note
from hub.audit.opening import key_folder
from hub.audit.sm2 import Sm2Verifier
from hub.cli_operating import event, open_hub, performed, refused
from hub.terminal import ConfigOption, err, out

_REFUSED = {
    "LAST": (
        "这是唯一的签署密钥:请先 chengxin-hub keys rotate-log,重启,待新密钥签署后再停用",
        "it is the only key that signs: run chengxin-hub keys rotate-log, restart, and retire it when the new one has signed",
    ),
    "UNKNOWN": (
        "没有这个正在签署的密钥:编号见 chengxin-hub keys log",
        "no key with this number signs: chengxin-hub keys log shows them",
    ),
    "UNSIGNED": (
        "新密钥还没有签署过检查点:请先重启各工作机,待下一个检查点之后再停用",
        "the new key has not signed a checkpoint yet: restart all workers, and retire the old one after the next checkpoint",
    ),
    "WAITS": (
        "已有两个密钥同时签署:请先停用旧的(chengxin-hub keys retire-log)",
        "two keys sign already: retire the old one first (chengxin-hub keys retire-log)",
    ),
}


def list_log_keys(config: ConfigOption = Path("hub.toml")) -> None:
    """列出审计日志的密钥:正在签署的与已停用的 / List the keys of the record: those that sign and those that ceased to."""
    hub = open_hub(config)
    signed = _signed(hub)
    for one in _files(hub):
        number = one.verifier.key_id.hex()
        kind = "SM2" if isinstance(one.verifier, Sm2Verifier) else "Ed25519"
        state = "签署 / signs" if one.signs else "已停用,旧检查点仍有效 / retired, what it signed holds"
        last = "签署了最新检查点 / signed the newest checkpoint" if number in signed else ""
        out.print(f"{number}  {kind}  {one.path.name}  {state}  {last}".rstrip(), markup=False)


def rotate_log(
    config: ConfigOption = Path("hub.toml"),
    sm2: Annotated[bool, typer.Option("--sm2", help="另加国密 SM2 签名 / a key of SM2, which signs as well")] = False,
) -> None:
    """新增签署审计日志的密钥,重启后与旧密钥同时签署 / Add a key: from the next start on it signs beside the old one."""
    hub = open_hub(config)
    folder = key_folder(hub.settings)

    def record() -> None:
        performed(hub, lambda ledger: ledger.record(event("LOG_KEY_ADDED", "SM2" if sm2 else "ED25519", "")))

    try:
        made = add_log_key(folder, record, national=sm2)
    except RotationError as fault:
        _refuse(fault)
    except OSError as fault:
        refused(f"未生成密钥:{fault}", f"no key was made: {fault}", code=1)
    (number,) = (one.verifier.key_id.hex() for one in _files(hub) if one.path == made)
    out.print(number, markup=False)
    err.print(
        f"请将 {made.name} 复制到所有工作机的密钥目录,重启;公布 /audit/keys;之后停用旧密钥:chengxin-hub keys retire-log\n"
        f"copy {made.name} to the key folder of all machines, restart, announce /audit/keys, and retire the old key later",
        markup=False,
    )


def retire_log(
    number: Annotated[str, typer.Argument(help="密钥编号,见 keys log / number of the key, see keys log")],
    config: ConfigOption = Path("hub.toml"),
) -> None:
    """停用签署审计日志的旧密钥,私钥删除,旧检查点仍可核验 / Have an old key cease to sign; what it signed still holds."""
    hub = open_hub(config)
    signed, folder, origin = _signed(hub), key_folder(hub.settings), hub.sequencer.log.origin

    def record() -> None:
        performed(hub, lambda ledger: ledger.record(event("LOG_KEY_RETIRED", "GRANTED", "", told={"key": number})))

    try:
        kept = retire_log_key(folder, KnownKey(origin, number), signed, record)
    except RotationError as fault:
        _refuse(fault)
    except OSError as fault:
        refused(f"未停用:{fault}", f"not retired: {fault}", code=1)
    err.print(
        f"公钥保留在 {kept.name};请将它复制到所有工作机并删除那里的私钥,重启\n"
        f"its public half stays in {kept.name}: copy that to all machines, remove the private half there, and restart",
        markup=False,
    )


def _files(hub: Hub) -> list[KeyFile]:
    return list(key_files(key_folder(hub.settings), hub.sequencer.log.origin))


def _signed(hub: Hub) -> frozenset[str]:
    """Numbers of the keys that signed the newest checkpoint."""
    kept = hub.database.reading(newest)
    return frozenset() if kept is None else frozenset(one.key_id.hex() for one in read_note(kept.note).signatures)


def _refuse(fault: RotationError) -> NoReturn:
    chinese, english = _REFUSED[fault.reason]
    refused(chinese, english, code=1)
