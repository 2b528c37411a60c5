"""A little log of which everything is known, its receipts, and every way to tamper with them: the vectors of receipts.

`python -m tests.audit.forging` writes them anew. The name of a file is the mistake; `fault` is what must be found.
"""

import base64
import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.audit.canonical import question_of, written
from hub.audit.checkpoint import Checkpoint, sign_checkpoint
from hub.audit.cosignature import WitnessSigner
from hub.audit.entry import salted
from hub.audit.note import Ed25519Signer, read_note
from hub.audit.receipt import Receipt
from hub.audit.tiles import logged
from hub.audit.tree import fold, leaf_hash, prove_inclusion, root_of
from tests.unit.appending import ENTRY

FOLDER = Path(__file__).parents[1] / "vectors/receipt"
ORIGIN = "hub.example/audit"
SALT = "00112233445566778899aabbccddeeff"
ANSWER: dict[str, Any] = {
    "data": {
        "entity": {
            "name": "肇东市示例粮油店",
            "uscc": "91231282MA9X0A019P",
            "licences": [{"validTo": None, "kind": "FILING"}],
        },
        "ages": [0.5, 1e21, 100, -0.0, 1e-7],
        "é\u20ac\U0001f600": '\u0001"\\/\u2028',
    },
    "extensions": {"requestId": "r"},
}
QUESTION: dict[str, Any] = {
    "query": "query Q($uscc: USCC) { entity(uscc: $uscc) { name } }",
    "operationName": "Q",
    "variables": {"uscc": "91231282MA9X0A019P"},
}
SIZE, INDEX = 11, 5


def signer(seed: int) -> Ed25519Signer:
    """A key of the log that is always the same; each seed gives another."""
    return Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def witness(seed: int) -> WitnessSigner:
    """A key of a witness."""
    return WitnessSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


LOG, THIEF = signer(1), signer(2)


def entry(number: int, version: int = 2) -> dict[str, Any]:
    """An entry of the log; the one at INDEX is of the answer and the question above."""
    body = written(ANSWER["data"]) if version == 2 else json.dumps(ANSWER["data"], ensure_ascii=False).encode()
    made = replace(
        ENTRY,
        request_id=f"r{number}",
        salt=SALT,
        answer=salted(SALT, [body]),
        question=salted(SALT, [question_of(QUESTION["query"], QUESTION["operationName"], QUESTION["variables"])]),
        fields=("Entity.name", "Licence.kind"),
        sources=(("register", "Entity", 1, 1, 1530, "OK"),),
        as_of=(("register", "Entity", "2026-11-20T08:00:00+08:00", "2026-11-20T08:00:00+08:00"),),
    )
    found: dict[str, Any] = json.loads(made.canonical())
    return found


def tree(entries: list[dict[str, Any]]) -> Callable[[int, int], bytes]:
    """What reads subtrees of a log of these entries."""
    hashes = [leaf_hash(logged(written(one))) for one in entries]

    def read(level: int, number: int) -> bytes:
        return fold(hashes[number << level : (number + 1) << level])

    return read


def note(size: int, read: Callable[[int, int], bytes], *signers: Ed25519Signer) -> bytes:
    """The checkpoint of that many entries."""
    return sign_checkpoint(Checkpoint(ORIGIN, size, root_of(size, read)), signers)


def receipt(entries: list[dict[str, Any]], index: int, *signers: Ed25519Signer) -> dict[str, Any]:
    """The receipt of an entry."""
    read, size = tree(entries), len(entries)
    leaf = leaf_hash(logged(written(entries[index])))
    proof = tuple(prove_inclusion(index, size, read))
    keys = tuple(one.verifier.written() for one in signers)
    return Receipt(index, entries[index], leaf.hex(), proof, note(size, read, *signers), keys).document()


ENTRIES = [entry(number) for number in range(SIZE)]
GOOD = receipt(ENTRIES, INDEX, LOG)
FORK = [*ENTRIES[:-1], entry(99)]
SMALLER = note(8, tree(ENTRIES), LOG).decode()


def cosigned(seed: int = 7) -> str:
    """The checkpoint with the line of a witness."""
    below = witness(seed).cosign(read_note(GOOD["checkpoint"].encode()).text.encode(), 1_800_000_000)
    return f"{GOOD['checkpoint']}{below.line()}\n"


def with_(**changed: Any) -> dict[str, Any]:
    """The good receipt with some parts changed."""
    return {**copy.deepcopy(GOOD), **changed}


def turned(text: str) -> str:
    """Base 64 of the same bytes but for one bit of the last."""
    found = bytearray(base64.b64decode(text))
    found[-1] ^= 1
    return base64.b64encode(found).decode()


def vectors() -> dict[str, dict[str, Any]]:
    """Every case by its name: a receipt, what is compared with it, and the fault that must be found, if any."""
    keys, proof, checkpoint = LOG.verifier.written(), GOOD["proof"], GOOD["checkpoint"]
    origin, size, root, _, signature, _ = checkpoint.split("\n")
    mark, name, signed = signature.split(" ")
    swapped = receipt(ENTRIES, INDEX, THIEF)
    changed = {**GOOD["entry"], "purpose": "ANOTHER"}
    rehashed = leaf_hash(logged(written(changed))).hex()
    cases: dict[str, tuple[str | None, dict[str, Any], dict[str, Any]]] = {
        "good": (None, GOOD, {"answer": ANSWER, "question": QUESTION, "checkpoint": checkpoint}),
        "good_data_alone": (None, GOOD, {"answer": ANSWER["data"]}),
        "good_of_a_log_with_one_entry": (None, receipt([entry(0)], 0, LOG), {"answer": ANSWER}),
        "good_during_the_change_of_keys": (None, receipt(ENTRIES, 3, LOG, signer(3)), {}),
        "good_with_a_line_of_a_witness": (None, with_(checkpoint=cosigned()), {}),
        "good_entry_too_long_for_a_bundle": (
            None,
            receipt([entry(0), {**entry(1), "fields": [f"Entity.field{n}" for n in range(5000)]}], 1, LOG),
            {},
        ),
        "answer_changed": ("ANSWER_CHANGED", GOOD, {"answer": {"data": {**ANSWER["data"], "ages": []}}}),
        "answer_of_another_receipt": (
            "ANSWER_OF_ANOTHER",
            GOOD,
            {"answer": {**ANSWER, "extensions": {"receipt": {"index": 4, "hash": "0" * 64}}}},
        ),
        "answer_where_none_left": (
            "NO_ANSWER",
            receipt([{**entry(0), "answer": ""}], 0, LOG),
            {"answer": ANSWER},
        ),
        "question_changed": ("QUESTION_CHANGED", GOOD, {"question": {**QUESTION, "variables": {"uscc": "other"}}}),
        "question_without_text": ("QUESTION_UNREADABLE", GOOD, {"question": {"variables": {}}}),
        "entry_changed": ("ENTRY_CHANGED", with_(entry=changed), {}),
        "entry_and_hash_changed": ("PROOF_CHANGED", with_(entry=changed, hash=rehashed), {}),
        "hash_changed": ("ENTRY_CHANGED", with_(hash=rehashed), {}),
        "index_changed": ("PROOF_CHANGED", with_(index=INDEX - 1), {}),
        "index_beyond_the_checkpoint": ("INDEX_OUTSIDE", with_(index=SIZE), {}),
        "proof_changed": ("PROOF_CHANGED", with_(proof=[turned(proof[0]), *proof[1:]]), {}),
        "proof_in_another_order": ("PROOF_CHANGED", with_(proof=[proof[1], proof[0], *proof[2:]]), {}),
        "proof_truncated": ("PROOF_TRUNCATED", with_(proof=proof[:-1]), {}),
        "proof_with_one_more": ("PROOF_TRUNCATED", with_(proof=[*proof, proof[0]]), {}),
        "proof_empty": ("PROOF_TRUNCATED", with_(proof=[]), {}),
        "proof_with_half_a_hash": ("PROOF_UNREADABLE", with_(proof=[proof[0][:20], *proof[1:]]), {}),
        "checkpoint_with_another_size": (
            "CHECKPOINT_FORGED",
            with_(checkpoint=checkpoint.replace(f"\n{size}\n", "\n12\n")),
            {},
        ),
        "checkpoint_with_another_root": (
            "CHECKPOINT_FORGED",
            with_(checkpoint=checkpoint.replace(root, turned(root))),
            {},
        ),
        "checkpoint_with_another_signature": (
            "CHECKPOINT_FORGED",
            with_(checkpoint=checkpoint.replace(signed, turned(signed))),
            {},
        ),
        "checkpoint_of_another_log": (
            "KEY_UNKNOWN",
            with_(checkpoint=checkpoint.replace(f"{origin}\n{size}", f"other.example\n{size}")),
            {},
        ),
        "checkpoint_without_signature": ("CHECKPOINT_UNREADABLE", with_(checkpoint=f"{origin}\n{size}\n{root}\n"), {}),
        "checkpoint_signed_twice_by_one_key": (
            "CHECKPOINT_UNREADABLE",
            with_(checkpoint=f"{checkpoint}{signature}\n"),
            {},
        ),
        "key_swapped": ("KEY_UNKNOWN", swapped, {}),
        "key_swapped_under_the_number_of_the_good_one": (
            "CHECKPOINT_FORGED",
            {
                **swapped,
                "checkpoint": "\n".join(
                    [*swapped["checkpoint"].split("\n")[:4], f"{mark} {name} {_renumbered(swapped)}", ""]
                ),
            },
            {},
        ),
        "key_with_the_number_of_another": (
            "KEY_UNREADABLE",
            with_(keys=[keys.replace(keys[18:26], "00000000")]),
            {"keys": ""},
        ),
        "log_forked": ("FORKED", receipt(FORK, INDEX, LOG), {"checkpoint": checkpoint}),
        "other_checkpoint_of_a_thief": ("OTHER_CHECKPOINT", GOOD, {"checkpoint": swapped["checkpoint"]}),
        "another_version": ("NOT_A_RECEIPT", with_(format="chengxin-hub/receipt/v9"), {}),
        "one_part_more": ("NOT_A_RECEIPT", with_(signature=""), {}),
        "position_below_zero": ("NOT_A_RECEIPT", with_(index=-1), {}),
        "position_with_a_fraction": ("NOT_A_RECEIPT", with_(index=1.5), {}),
        "only_a_list": ("NOT_A_RECEIPT", [GOOD], {}),  # type: ignore[dict-item]
    }
    return {
        name: {"fault": fault, "receipt": made, "keys": keys, **beside} for name, (fault, made, beside) in cases.items()
    }


def _renumbered(swapped: dict[str, Any]) -> str:
    """A thief's signature that claims to be the log's."""
    line = swapped["checkpoint"].split("\n")[4].split(" ")[2]
    return base64.b64encode(LOG.verifier.key_id + base64.b64decode(line)[4:]).decode()


def main() -> None:
    """Write the vectors."""
    FOLDER.mkdir(exist_ok=True)
    for name, case in vectors().items():
        (FOLDER / f"{name}.json").write_text(json.dumps(case, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
