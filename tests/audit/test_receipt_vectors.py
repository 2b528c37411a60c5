"""Every way to tamper with a receipt has its own sentence: the library, the command and the vectors agree."""

import json
from dataclasses import replace

import orjson
import pytest
from typer.testing import CliRunner

from hub.audit.checkpoint import read_text
from hub.audit.entry import salted
from hub.audit.note import read_note, read_verifier
from hub.audit.receipt import (
    ReceiptError,
    compare_checkpoints,
    read_receipt,
    verify_answer,
    verify_question,
    verify_receipt,
)
from hub.audit.receipt_words import CHECKED, FAULTS, KEY_NOT_COMPARED
from hub.cli import cli
from tests.audit import forging

NAMES = sorted(path.stem for path in forging.FOLDER.glob("*.json"))


def vector(name):
    """One vector."""
    return json.loads((forging.FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def run(folder, case, *more):
    """What the command says of a vector, and how it ends."""
    given = []
    for name in ("receipt", "answer", "question", "checkpoint", "keys"):
        if case.get(name):
            content = (
                case[name] if isinstance(case[name], str) else json.dumps(case[name], ensure_ascii=False, indent=2)
            )
            (folder / name).write_text(content, encoding="utf-8")
            given += [str(folder / name)] if name == "receipt" else [f"--{name}", str(folder / name)]
    return CliRunner().invoke(cli, ["verify-receipt", *given, *more])


def test_vectors_are_what_the_little_log_makes():
    """The files say what the code that forges them says, and there is one for each fault but those of witnesses."""
    made = json.loads(json.dumps(forging.vectors()))
    assert {name: vector(name) for name in NAMES} == made
    faults = {case["fault"] for case in made.values()}
    assert FAULTS.keys() - faults == {
        "ANSWER_UNREADABLE",
        "NO_QUESTION",
        "NOT_WITNESSED",
        "OTHER_LOG",
        "WITNESS_FORGED",
    }


@pytest.mark.parametrize("name", NAMES)
def test_vector(name, tmp_path):
    """The command finds the fault and nothing else, in both languages, or says what holds."""
    case = vector(name)
    result = run(tmp_path, case)
    if case["fault"] is None:
        assert (result.exit_code, KEY_NOT_COMPARED[0] in result.output) == (0, False)
        held = ["SIGNED", "INCLUDED", *(("ANSWERED",) if "answer" in case else ())]
        assert all(CHECKED[one][0] in result.stdout for one in held)
    else:
        assert result.exit_code == 1
        said = [fault for fault, words in FAULTS.items() if all(one in result.stderr for one in words)]
        assert said == [case["fault"]]


def test_every_part_of_an_entry_is_bound(subtests):
    """Whatever is changed in an entry, with its hash made anew, the proof fails."""
    good = read_receipt(orjson.dumps(forging.GOOD))
    for key, value in good.entry.items():
        changed = {**good.entry, key: ["x"] if isinstance(value, list) else f"{value}x"}
        with subtests.test(key), pytest.raises(ReceiptError, match="its hash is not"):
            verify_receipt(replace(good, entry=changed))
        gone = {name: one for name, one in good.entry.items() if name != key}
        with subtests.test(f"without {key}"), pytest.raises(ReceiptError, match="its hash is not"):
            verify_receipt(replace(good, entry=gone))


def test_keys_that_were_not_compared_are_said_so(tmp_path):
    """Without keys from elsewhere the receipt is whole and no more, even if a thief made it."""
    thief = {"receipt": vector("key_swapped")["receipt"]}
    result = run(tmp_path, thief)
    assert result.exit_code == 0
    assert all(words in result.stdout.replace("\n  ", "\n") for words in KEY_NOT_COMPARED)


def test_a_witness_that_must_have_signed(tmp_path):
    """Its line counts where it holds; without it, or with one that is forged, the receipt does not."""
    good, witness = vector("good_with_a_line_of_a_witness"), forging.witness(7).verifier.written()
    result = run(tmp_path, good, "--witness", witness)
    assert (result.exit_code, CHECKED["COSIGNED"][0] in result.stdout) == (0, True)
    other = run(tmp_path, good, "--witness", forging.witness(8).verifier.written())
    assert (other.exit_code, FAULTS["NOT_WITNESSED"][1] in other.stderr) == (1, True)
    lines = good["receipt"]["checkpoint"].split("\n")
    lines[-2] = " ".join([*lines[-2].split(" ")[:2], forging.turned(lines[-2].split(" ")[2])])
    forged = {**good, "receipt": {**good["receipt"], "checkpoint": "\n".join(lines)}}
    assert FAULTS["WITNESS_FORGED"][1] in run(tmp_path, forged, "--witness", witness).stderr
    assert FAULTS["KEY_UNREADABLE"][1] in run(tmp_path, good, "--witness", "nobody").stderr


def test_the_published_cosignature_is_the_witness_kind():
    """A cosignature is made of a time and the text, under the number of kind 4, as C2SP writes it."""
    signer, text = forging.witness(7), b"example.com/log\n1\nAAAA\n"
    made = signer.cosign(text, 1_679_315_147)
    assert int.from_bytes(made.value[:8], "big") == 1_679_315_147
    signer.verifier.verify(text, made.value)
    signer.private.public_key().verify(made.value[8:], b"cosignature/v1\ntime 1679315147\n" + text)


def test_first_version_of_the_entry():
    """An answer recorded by an earlier version is compared as it was sent, in the order of the question."""
    body = orjson.dumps(forging.ANSWER["data"])
    first = {**forging.entry(0), "v": 1, "answer": salted(forging.SALT, [body])}
    receipt = read_receipt(orjson.dumps(forging.receipt([first], 0, forging.LOG)))
    verify_answer(receipt, orjson.dumps(forging.ANSWER))
    turned = {"data": dict(reversed(forging.ANSWER["data"].items()))}
    with pytest.raises(ReceiptError, match="not the one that was given"):
        verify_answer(receipt, orjson.dumps(turned))


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "ANSWER_UNREADABLE"),
        (b"[" * 100_000, "ANSWER_UNREADABLE"),
        (b"[" * 900 + b"]" * 900, "ANSWER_UNREADABLE"),
        (b'{"data": 1e999}', "ANSWER_UNREADABLE"),
        (b'{"data": 9007199254740993}', "ANSWER_UNREADABLE"),
        (b'{"data": {"extensions": 1}, "extensions": []}', "ANSWER_CHANGED"),
        (b'{"data": null}', "ANSWER_CHANGED"),
    ],
)
def test_answers_that_are_none(data, fault):
    """Whatever a file holds, there is a sentence."""
    with pytest.raises(ReceiptError) as found:
        verify_answer(read_receipt(orjson.dumps(forging.GOOD)), data)
    assert found.value.fault == fault


def test_acts_have_no_question_to_compare():
    """What was done through a mutation has a receipt; there is no answer and no question to compare."""
    act = {"v": 1, "kind": "act", "act": "TASK_OPENED", "at": "x", "client": "c", "outcome": "GRANTED", "told": {}}
    receipt = read_receipt(orjson.dumps(forging.receipt([act], 0, forging.LOG)))
    verify_receipt(receipt, [forging.LOG.verifier])
    for check, fault in ((verify_answer, "NO_ANSWER"), (verify_question, "NO_QUESTION")):
        with pytest.raises(ReceiptError) as found:
            check(receipt, orjson.dumps({**forging.QUESTION, "x": 1}))
        assert found.value.fault == fault


def test_checkpoints_of_other_logs_and_sizes(tmp_path):
    """Another log's is no comparison; one of another size is compared by the log's own hashes, or not at all."""
    verified = verify_receipt(read_receipt(orjson.dumps(forging.GOOD)), [read_verifier(forging.GOOD["keys"][0])])
    with pytest.raises(ReceiptError) as found:
        compare_checkpoints(verified, replace(verified.checkpoint, origin="other"))
    assert found.value.fault == "OTHER_LOG"
    smaller = read_text(read_note(forging.SMALLER.encode()).text)
    assert not compare_checkpoints(verified, smaller)
    case = {**vector("good"), "checkpoint": forging.SMALLER}
    alone = run(tmp_path, case)
    assert (alone.exit_code, "--log" in alone.stderr) == (3, True)
    for entries, code, words in (
        (forging.ENTRIES, 0, CHECKED["CONSISTENT"]),
        ([*forging.ENTRIES[:9], forging.entry(98), forging.ENTRIES[10]], 1, FAULTS["FORKED"]),
    ):
        log = tmp_path / f"log-{code}"
        (log / "tile/0").mkdir(parents=True)
        hashes = b"".join(forging.tree(entries)(0, number) for number in range(len(entries)))
        (log / "tile/0/000.p").mkdir()
        (log / "tile/0/000.p/11").write_bytes(hashes)
        result = run(tmp_path, case, "--log", str(log))
        assert (result.exit_code, words[0] in result.output) == (code, True)
    assert run(tmp_path, case, "--log", str(tmp_path / "nowhere")).exit_code == 3
