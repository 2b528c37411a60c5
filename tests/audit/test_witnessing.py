"""A hub hands its checkpoints to a witness that listens; its receipts carry the line, and a fork is cosigned by nobody."""

import base64
import json
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from hub.audit.keeping import newest
from hub.audit.note import read_note, verify_note
from hub.audit.receipt import ReceiptError, read_receipt, verify_receipt
from hub.audit.tree import prove_consistency
from hub.audit.witness import open_witness
from hub.audit.witness_door import witness_app
from hub.audit.witnessing import WitnessPlace
from tests.audit import forging
from tests.audit.test_receipts import asked, receipt_of
from tests.browser.conftest import _listening
from tests.golden.folder import Step
from tests.golden.world import open_world

QUESTION = '{ entity(uscc: "91231282MA9X0A019P") { name } }'


def opened(folder, keys):
    """A witness of the log with these keys."""
    return open_witness(folder, "w.example/1", "\n".join(keys).encode(), lambda: 1_800_000_000)


def newest_of(sequencer):
    """The newest checkpoint, on its way."""
    assert sequencer.known is not None
    return sequencer._handed(sequencer.known)


async def test_receipts_carry_the_line_of_a_witness(tmp_path):
    """It is asked for each checkpoint, from whatever it knows; the proof of a receipt is to one that it cosigned."""
    async with open_world(tmp_path) as world:
        sequencer = world.hub.sequencer
        first = await asked(world, Step(text=QUESTION))
        await sequencer.advance()
        witness = opened(tmp_path / "witness", sequencer.log.keys.published())
        with _listening(witness_app(witness)) as address:
            place = WitnessPlace(address.rstrip("/"), witness.signer.verifier, world.hub.database)
            await place.hand(newest_of(sequencer))
            await asked(world, Step(text=QUESTION))
            await sequencer.advance()
            await place.hand(newest_of(sequencer))
            note = read_note((await world.client.get("/audit/checkpoint")).content)
            assert len(verify_note(note, [witness.signer.verifier, *sequencer.log.keys.verifiers])) == 2
            # One that forgot what the store knows of it is asked again from where it is.
            (tmp_path / "witness/cosigned").unlink()
            later = await asked(world, Step(text=QUESTION))
            await sequencer.advance()
            await place.hand(newest_of(sequencer))
        for answer in (first, later):
            receipt = await receipt_of(world, answer, shown=True)
            assert verify_receipt(receipt, witnesses=[witness.signer.verifier]).cosigned == (witness.signer.name,)
        # A newer checkpoint that nobody cosigned proves what came after, and only that.
        last = await asked(world, Step(text=QUESTION))
        receipt = await receipt_of(world, last, shown=True)
        with pytest.raises(ReceiptError, match="None of the witnesses"):
            verify_receipt(receipt, witnesses=[witness.signer.verifier])
        again = await receipt_of(world, first, shown=True)
        assert verify_receipt(again, witnesses=[witness.signer.verifier]).cosigned


async def test_a_witness_that_fails_is_an_error_and_no_more(tmp_path):
    """One that is down, answers nonsense, or signs with another key gives no line."""
    async with open_world(tmp_path) as world:
        sequencer = world.hub.sequencer
        await asked(world, Step(text=QUESTION))
        await sequencer.advance()
        handed = newest_of(sequencer)
        witness = opened(tmp_path / "witness", sequencer.log.keys.published())
        down = WitnessPlace("http://127.0.0.1:9", witness.signer.verifier, world.hub.database)
        with pytest.raises(OSError, match="Client"):
            await down.hand(handed)
        with _listening(witness_app(witness)) as address:
            other = WitnessPlace(address.rstrip("/"), forging.witness(9).verifier, world.hub.database)
            with pytest.raises(OSError, match="no known key"):
                await other.hand(handed)
            with pytest.raises(OSError, match="404"):
                await replace(other, url=f"{address}nothing").hand(handed)
        kept = world.hub.database.reading(newest)
        assert kept is not None
        assert (await world.client.get("/audit/checkpoint")).content == kept.note


@pytest.fixture
def door(tmp_path):
    """A witness of the little log, and a way to it."""
    witness = opened(tmp_path / "witness", [forging.LOG.verifier.written()])
    return TestClient(witness_app(witness)), witness


def body(old, entries, *signers, proof=None):
    """A request to cosign."""
    read, size = forging.tree(entries), len(entries)
    given = prove_consistency(old, size, read) if proof is None else proof
    lines = "".join(f"{base64.b64encode(one).decode()}\n" for one in given)
    return f"old {old}\n{lines}\n".encode() + forging.note(size, read, *signers)


def test_what_a_witness_answers(door):
    """Each request as C2SP tlog-witness says; what is refused changes nothing."""
    client, witness = door
    fork = [*forging.ENTRIES[:5], forging.entry(77), *forging.ENTRIES[6:]]

    def post(content):
        return client.post("/add-checkpoint", content=content)

    first = post(body(0, forging.ENTRIES[:6], forging.LOG))
    assert (first.status_code, first.text.startswith("— w.example/1 ")) == (200, True)
    assert post(body(6, forging.ENTRIES[:6], forging.LOG)).status_code == 200
    conflict = post(body(0, forging.ENTRIES, forging.LOG))
    assert (conflict.status_code, conflict.text, conflict.headers["content-type"]) == (
        409,
        "6\n",
        "text/x.tlog.size; charset=utf-8",
    )
    assert post(body(6, fork, forging.LOG)).status_code == 422
    assert post(body(6, fork[:6], forging.LOG)).status_code == 409
    assert post(body(6, forging.ENTRIES, forging.LOG, proof=[])).status_code == 422
    assert post(body(6, forging.ENTRIES, forging.THIEF)).status_code == 403
    assert post(body(11, forging.ENTRIES[:6], forging.LOG, proof=[])).status_code == 400
    assert post(body(6, forging.ENTRIES, forging.LOG, proof=[bytes(32)] * 64)).status_code == 400
    for nonsense in (b"", b"old x\n\n", b"old 6\n\n", b"old 6\nx\n\n" + forging.SMALLER.encode(), bytes(100)):
        assert post(nonsense).status_code == 400, nonsense
    assert post(bytes(80_000)).status_code == 413
    assert witness.known()[0].size == 6
    # A stranger may bring a true checkpoint with a proof that is none: that is no fork, and hides none that was kept.
    assert post(body(6, forging.ENTRIES[:6], forging.LOG, proof=[bytes(32)])).status_code == 422
    (forked,) = witness.folder.glob("evidence-forked-*")
    assert forging.note(6, forging.tree(fork[:6]), forging.LOG) in forked.read_bytes()
    unproven = b"".join(path.read_bytes() for path in witness.folder.glob("evidence-unproven-11-*"))
    assert all(forging.note(11, forging.tree(entries), forging.LOG) in unproven for entries in (fork, forging.ENTRIES))
    good = post(body(6, forging.ENTRIES, forging.LOG))
    assert (good.status_code, witness.known()[0].size) == (200, 11)
    cosigned = {**forging.GOOD, "checkpoint": forging.GOOD["checkpoint"] + good.text}
    receipt = read_receipt(json.dumps(cosigned).encode())
    assert verify_receipt(receipt, [forging.LOG.verifier], [witness.signer.verifier]).cosigned
