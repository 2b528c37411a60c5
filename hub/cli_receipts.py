"""Commands on receipts, for anybody who holds one: they need no hub, no store and no configuration."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hub.audit.checkpoint import Checkpoint, read_text
from hub.audit.cosignature import read_witness
from hub.audit.note import Ed25519Verifier, NoteError, Verifier, read_note, verify_note
from hub.audit.receipt import (
    MAX_BYTES,
    ReceiptError,
    Verified,
    compare_checkpoints,
    read_keys,
    read_receipt,
    verify_answer,
    verify_question,
    verify_receipt,
)
from hub.audit.receipt_words import CHECKED, KEY_NOT_COMPARED
from hub.audit.remote import MAX_KEYS_BYTES, RemoteError, check_grown, get, place_at
from hub.audit.tree import ProofError
from hub.cli_operating import refused
from hub.terminal import out

DOES_NOT_HOLD, UNFINISHED = 1, 3


def verify_receipt_file(
    file: Annotated[Path, typer.Argument(help="回执文件 / the receipt")],
    answer: Annotated[Path | None, typer.Option(help="答复文件 / the answer it is of")] = None,
    question: Annotated[Path | None, typer.Option(help="请求文件 / the request it is of")] = None,
    keys: Annotated[
        str | None, typer.Option(help="公钥文件或地址,如 https://…/audit/keys / keys of the log: a file or an address")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="另存的检查点,用于发现分叉 / a checkpoint kept elsewhere, to find a fork")
    ] = None,
    log: Annotated[
        str | None,
        typer.Option(help="日志的地址或导出目录,用于比较两个检查点 / the log, to compare checkpoints of two sizes"),
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(help="见证方公钥,可多次 / key of a witness that must have signed")
    ] = None,
) -> None:
    """离线核验披露回执:签名、位置、答复与问题 / Verify a receipt: signature, inclusion, answer and question."""
    try:
        receipt = read_receipt(_read(file))
        known = None if keys is None else _keys(keys)
        verified = verify_receipt(receipt, known, [_witness(one) for one in witness or ()])
        held = ["SIGNED", "INCLUDED", *(["COSIGNED"] if verified.cosigned else [])]
        if answer is not None:
            verify_answer(receipt, _read(answer))
            held.append("ANSWERED")
        if question is not None:
            verify_question(receipt, _read(question))
            held.append("ASKED")
        if checkpoint is not None:
            held.append(_compare(verified, _opened(_read(checkpoint), verified, known), log))
    except ReceiptError as fault:
        chinese, english = fault.words
        refused(chinese, english, code=DOES_NOT_HOLD)
    except OSError as fault:
        told = f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault)
        refused(f"未能核验,读不到 {told}", f"not verified, for it cannot be read: {told}", code=UNFINISHED)
    _tell(verified, held)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        # One byte more than may be read, so that too much is seen to be too much.
        return file.read(MAX_BYTES + 1)


def _keys(where: str) -> Sequence[Verifier]:
    """Public keys of a file or an address, one a line."""
    if where.startswith(("https://", "http://")):
        written = asyncio.run(get(where, MAX_KEYS_BYTES))
    else:
        written = Path(where).read_bytes()[:MAX_KEYS_BYTES]
    try:
        return read_keys(line.strip() for line in written.decode().split("\n") if line.strip())
    except UnicodeDecodeError:
        raise ReceiptError("KEY_UNREADABLE") from None


def _witness(text: str) -> Verifier:
    path = Path(text)
    try:
        return read_witness(path.read_text(encoding="utf-8").strip() if path.is_file() else text)
    except (NoteError, UnicodeDecodeError):
        raise ReceiptError("KEY_UNREADABLE") from None


def _opened(note: bytes, verified: Verified, known: Sequence[Verifier] | None) -> Checkpoint:
    """A checkpoint that was kept elsewhere, which the same keys must have signed."""
    keys = known if known is not None else read_keys(verified.receipt.keys)
    try:
        read = read_note(note)
        verify_note(read, [key for key in keys if isinstance(key, Ed25519Verifier)])
        return read_text(read.text)
    except NoteError:
        raise ReceiptError("OTHER_CHECKPOINT") from None


def _compare(verified: Verified, other: Checkpoint, log: str | None) -> str:
    if compare_checkpoints(verified, other):
        return "COMPARED"
    if log is None:
        raise RemoteError(
            "两个检查点条数不同,须用 --log 给出日志地址或导出目录才能比较 / the two checkpoints are of different sizes: "
            "--log says where the log is, so that they can be compared"
        )
    old, new = sorted((verified.checkpoint, other), key=lambda one: one.size)
    try:
        asyncio.run(check_grown(place_at(log), old, new))
    except ProofError:
        raise ReceiptError("FORKED") from None
    return "CONSISTENT"


def _tell(verified: Verified, held: Sequence[str]) -> None:
    receipt, checkpoint = verified.receipt, verified.checkpoint
    entry = receipt.entry
    what = entry.get("act") or entry.get("outcome")
    out.print(f"{checkpoint.origin} · {receipt.index} / {checkpoint.size} · {entry.get('at')} · {what}", markup=False)
    for name in held:
        chinese, english = CHECKED[name]
        out.print(f"✓ {chinese} / {english}", markup=False)
    if not verified.compared:
        chinese, english = KEY_NOT_COMPARED
        out.print(f"! {chinese}\n  {english}", markup=False)
