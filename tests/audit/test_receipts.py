"""Receipts: told with every answer that was recorded, given to whoever asked, and proving what they say to a stranger."""

import base64
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import orjson
import pytest
import rfc8785
from sqlalchemy import select

from hub.audit.note import read_verifier
from hub.audit.receipt import read_receipt, verify_answer, verify_question, verify_receipt
from hub.audit.sequencer import HURRIED
from hub.audit.tiles import logged
from hub.audit.tree import leaf_hash
from hub.clock import rfc3339_of
from hub.errors import HubError
from hub.store.tables import entries
from hub.web.receipt_pdf import receipt_pdf, told
from tests.audit import forging
from tests.audit.test_log_pages import AUDITOR, QUESTION, bearer
from tests.golden.folder import Step
from tests.golden.world import open_world

RECEIPT = "query R($index: Position!, $id: String, $hash: String) { receipt(index: $index, requestId: $id, hash: $hash) { index state hash recordedAt readyBy document } }"
LISTED = "{ entities(first: 3) { edges { node { uscc name licences { validTo kind } provenance { source asOf } } } totalCount } me { role } }"
REQUESTABLE = '{ entity(uscc: "91231282MA9X0A019P") { name penalties { facts } } }'


@pytest.fixture
async def world(tmp_path):
    """A golden world with an auditor."""
    async with open_world(tmp_path, lambda written: written + AUDITOR) as opened:
        yield opened


async def covered(world):
    """Have everything signed."""
    while await world.hub.sequencer.advance():
        pass


async def asked(world, step, on_denied=None):
    """The answer to a step, whose receipt names its entry by position and hash."""
    answer = (await world.ask(step, on_denied)).json()
    told = answer["extensions"]["receipt"]
    body = world.hub.database.reading(
        lambda connection: connection.execute(
            select(entries.c.body).where(entries.c.position == told["index"])
        ).scalar_one()
    )
    assert leaf_hash(logged(body)).hex() == told["hash"]
    assert json.loads(body)["requestId"] == answer["extensions"]["requestId"]
    return answer


def wanting(answer, client=None, *, shown=False, **more):
    """The question for the receipt of an answer."""
    told = answer["extensions"]["receipt"]
    variables = {
        "index": told["index"],
        **({"id": answer["extensions"]["requestId"], "hash": told["hash"]} if shown else {}),
    }
    return Step(client=client, text=RECEIPT, variables=variables, **more)


def showing(hash_, request_id):
    """Headers that show an answer."""
    return {"hub-receipt-hash": hash_, "hub-receipt-request": request_id}


async def receipt_of(world, answer, client=None, **more):
    """The receipt of an answer, signed."""
    await covered(world)
    found = (await world.ask(wanting(answer, client, **more))).json()
    return read_receipt(orjson.dumps(found["data"]["receipt"]["document"]))


@pytest.mark.parametrize(
    ("step", "on_denied"),
    [
        (Step(text=QUESTION), None),
        (Step(text=LISTED), None),
        (Step(text=REQUESTABLE, client="clerk", purpose="SERVICE"), "reject"),
        (Step(text=QUESTION), "explain"),
        (Step(text="{ __schema { queryType { name } } me { label } purposes { code } }"), None),
        (Step(text="{ sources { name operations { medianMs p95Ms } } }", client="admin", purpose="OPERATIONS"), None),
        (Step(text="{ notices { id } mandates { id } }", client="clerk", purpose="SERVICE", person="p"), None),
    ],
    ids=["one", "list", "rejected", "explained", "introspection", "fractions", "store"],
)
async def test_every_recorded_answer_has_one(world, step, on_denied):
    """Whatever a question is answered from and whatever became of it, its receipt is its entry's, and proves it."""
    answer = await asked(world, step, on_denied)
    receipt = await receipt_of(world, answer, step.client, purpose=step.purpose, person=step.person, shown=True)
    known = [read_verifier(line) for line in (await world.client.get("/audit/keys")).text.splitlines()]
    assert verify_receipt(receipt, known).compared
    verify_question(receipt, orjson.dumps({"query": step.text}))
    if answer.get("data") is not None:
        verify_answer(receipt, orjson.dumps(answer, option=orjson.OPT_INDENT_2))
        body = rfc8785.dumps(answer["data"])
        assert receipt.entry["answer"] == sha256(bytes.fromhex(receipt.entry["salt"]) + body).hexdigest()


async def test_as_of_times_are_in_it(world):
    """Of every source that says how old its data are, the oldest and the newest time that was given."""
    answer = await asked(world, Step(text=LISTED))
    receipt = await receipt_of(world, answer, shown=True)
    given = [node["node"]["provenance"]["asOf"] for node in answer["data"]["entities"]["edges"]]
    (register,) = [one for one in receipt.entry["asOf"] if one[:2] == ["register", "Entity"]]
    assert register[2:] == [min(given), max(given)]


async def wanted(world, answer, client=None, **more):
    """What `receipt` says to somebody of an answer: state and hash, or the code of the refusal."""
    said = (await world.ask(wanting(answer, client, **more))).json()
    if "errors" in said:
        return said["errors"][0]["extensions"]["code"]
    return said["data"]["receipt"]["state"], said["data"]["receipt"]["hash"]


async def test_who_may_have_it(world):
    """The client and person that asked, and auditors; what the public asked, whoever shows the answer; others, whatever they show, not."""
    mine = await asked(world, Step(text=QUESTION, client="clerk", purpose="SERVICE", person="p1"))
    alone = await asked(world, Step(text=QUESTION, client="clerk", purpose="SERVICE"))
    public = await asked(world, Step(text=QUESTION))
    await covered(world)
    ready = "READY", mine["extensions"]["receipt"]["hash"]
    service = {"client": "clerk", "purpose": "SERVICE"}
    assert await wanted(world, mine, **service, person="p1") == ready
    assert await wanted(world, mine, "auditor", purpose="INSPECTION", case="c") == ready
    narrow = {**service, "person": "p1", "scopes": ("entity.identity",)}
    assert await wanted(world, mine, **narrow) == "RECEIPT_NOT_FOUND"
    assert await wanted(world, mine, **narrow, shown=True) == ready
    for other in ({**service, "person": "p2"}, service, {"client": "bank", "purpose": "FINANCE", "person": "p1"}, {}):
        assert await wanted(world, mine, **other) == "RECEIPT_NOT_FOUND"
        assert await wanted(world, mine, **other, shown=True) == "RECEIPT_NOT_FOUND"
    assert await wanted(world, mine, **{**narrow, "person": "p2"}, shown=True) == "RECEIPT_NOT_FOUND"
    assert await wanted(world, alone, shown=True) == "RECEIPT_NOT_FOUND"
    assert (await wanted(world, alone, **service))[0] == "READY"
    assert await wanted(world, alone, **service, person="p1") == "RECEIPT_NOT_FOUND"
    assert await wanted(world, public) == "RECEIPT_NOT_FOUND"
    assert (await wanted(world, public, shown=True))[0] == "READY"


async def test_public_hashes_open_no_receipt(world):
    """What the tiles tell everybody of an entry is not enough to be given it, for entries of the hub itself neither."""
    await asked(world, Step(text=QUESTION, client="clerk", purpose="SERVICE"))
    await covered(world)
    rows = world.hub.database.reading(
        lambda connection: connection.execute(select(entries.c.position, entries.c.request_id, entries.c.body)).all()
    )
    tile = (await world.client.get(f"/audit/tile/0/000.p/{len(rows)}")).content
    for position, request_id, body in rows:
        leaf = tile[32 * position : 32 * (position + 1)].hex()
        fixed = request_id if "department" not in json.loads(body).get("told", {"department": ""}) else "0" * 24
        for shown in ({"hub-receipt-hash": leaf}, showing(leaf, ""), showing(leaf, leaf), showing(leaf, fixed)):
            got = await world.client.get(f"/audit/receipts/{position}.json", headers=shown)
            assert got.status_code in (401, 404), (position, shown)
        wrong = Step(text=RECEIPT, variables={"index": position, "hash": leaf})
        assert (await world.ask(wrong)).json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("index", [10**6, 2**63 - 1])
async def test_positions_that_are_none(world, index):
    """What is not there, and what is not the caller's, is answered alike."""
    step = Step(text=RECEIPT, variables={"index": index, "id": "0", "hash": "0" * 64})
    said = (await world.ask(step)).json()["errors"][0]
    await asked(world, Step(text=QUESTION))
    other = (await world.ask(Step(text=RECEIPT, variables={"index": 1, "id": "0", "hash": "0" * 64}))).json()["errors"][
        0
    ]
    assert said["extensions"]["code"] == "RECEIPT_NOT_FOUND"
    assert (said["message"], said["path"]) == (other["message"], other["path"])


@pytest.mark.parametrize("index", [-1, 2**63, "1", True, 1.5, None])
async def test_indices_that_are_none(world, index):
    """A position is a whole number from 0; anything else is a wrong argument."""
    answer = await world.ask(Step(text=RECEIPT, variables={"index": index}))
    assert answer.status_code in (200, 400)
    assert answer.json()["errors"][0]["extensions"]["code"] in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED")


async def test_pending_until_a_checkpoint_covers_it(world):
    """Until then it says when it will be there; whoever wants one makes the next checkpoint come at once."""
    sequencer = world.hub.sequencer
    await asked(world, Step(text=QUESTION))
    await covered(world)
    answer = await asked(world, Step(text=QUESTION))
    await sequencer.tick()
    kept = sequencer.known
    assert kept.size == answer["extensions"]["receipt"]["index"]
    found = (await world.ask(wanting(answer, shown=True))).json()["data"]["receipt"]
    assert (found["state"], found["document"]) == ("PENDING", None)
    assert found["readyBy"] == rfc3339_of(kept.made_at + sequencer.rhythm.seconds)
    await sequencer.tick()
    assert sequencer.known == kept
    world.now += timedelta(seconds=HURRIED)
    await sequencer.tick()
    assert (await wanted(world, answer, shown=True, now=world.now))[0] == "READY"
    # Nobody waits any more: the next one is made in its time.
    await sequencer.tick()
    assert sequencer.known.size == answer["extensions"]["receipt"]["index"] + 2


async def test_files_and_paper(world):
    """Over HTTP the same receipt as a file, and on one page of paper; an auditor's reading is on record."""
    answer = await asked(world, Step(text=QUESTION, client="clerk", purpose="SERVICE"))
    told = answer["extensions"]["receipt"]
    place, mine = f"/audit/receipts/{told['index']}", bearer(world, "clerk")
    waiting = await world.client.get(f"{place}.json", headers=mine)
    assert (waiting.status_code, waiting.json()["state"], int(waiting.headers["retry-after"]) > 0) == (
        202,
        "PENDING",
        True,
    )
    await covered(world)
    got = await world.client.get(f"{place}.json", headers=mine)
    assert got.headers["cache-control"] == "no-store"
    verify_receipt(read_receipt(got.content))
    shown = showing(told["hash"], answer["extensions"]["requestId"])
    for headers in (shown, {**shown, **bearer(world, "bank")}):
        assert (await world.client.get(f"{place}.json", headers=headers)).status_code == 404
    paper = await world.client.get(f"{place}.pdf", headers=bearer(world, "auditor"))
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    for path, headers, status in (
        (f"{place}.json", {}, 404),
        (f"{place}.json", bearer(world, "bank"), 404),
        (f"{place}.json", showing("0" * 64, answer["extensions"]["requestId"]), 404),
        (f"{place}.json", showing(told["hash"], "0" * 24), 404),
        (f"{place}.json", {"hub-receipt-hash": told["hash"]}, 404),
        (f"{place}.xml", mine, 404),
        ("/audit/receipts/99999999999999999999.json", mine, 404),
        ("/audit/receipts/-1.json", mine, 404),
    ):
        assert (await world.client.get(path, headers=headers)).status_code == status, path
    rows = world.hub.database.reading(lambda connection: connection.execute(select(entries.c.body)).scalars().all())
    assert [one["told"] for one in map(json.loads, rows) if one.get("act") == "RECEIPT_READ"] == [
        {"index": str(told["index"])}
    ]


async def test_paper_in_an_answer(world):
    """A question may ask for the page of paper, too, and has none while it is pending."""
    answer = await asked(world, Step(text=QUESTION))
    text = "query P($index: Position!, $id: String, $hash: String) { receipt(index: $index, requestId: $id, hash: $hash) { state pdf } }"
    step = replace(wanting(answer, shown=True), text=text)
    assert (await world.ask(step)).json()["data"]["receipt"] == {"state": "PENDING", "pdf": None}
    await covered(world)
    assert base64.b64decode((await world.ask(step)).json()["data"]["receipt"]["pdf"]).startswith(b"%PDF-")


async def test_an_entry_that_was_changed_has_no_receipt(world):
    """What is not what was signed is never handed out as if it were."""
    answer = await asked(world, Step(text=QUESTION))
    await covered(world)
    index = answer["extensions"]["receipt"]["index"]
    with closing(sqlite3.connect(world.folder / "hub.db")) as connection, connection:
        altered = (b'{"at":"x","client":"","v":2}', index)
        connection.execute("UPDATE entries SET body = ? WHERE position = ?", altered)
    said = (
        await world.ask(
            Step(text=RECEIPT, client="auditor", purpose="INSPECTION", case="c", variables={"index": index})
        )
    ).json()
    assert said["errors"][0]["extensions"]["code"] == "LOG_ALTERED"


def test_the_page_is_one():
    """Whatever was asked of however many sources, the paper is one page and names no more than fits."""
    many = {
        **forging.entry(0),
        "fields": [f"Entity.field{number}" for number in range(400)],
        "sources": [[f"source-{number:03}-{'x' * 60}", "Entity", 1, 1, 5, "SOURCE_TIMEOUT"] for number in range(90)],
        "asOf": [],
        "client": "c" * 128,
    }
    receipt = read_receipt(orjson.dumps(forging.receipt([many, *forging.ENTRIES], 0, forging.LOG, forging.signer(4))))
    page = told(receipt, "https://hub.example")
    assert (page["fields"]["more"], page["sources"]["more"]) == (
        "另有 370 项，见回执文件。",
        "另有 82 项，见回执文件。",
    )
    assert pages_of(receipt_pdf(receipt, "https://hub.example")) == 1


def pages_of(pdf):
    """How many pages a PDF has, which its tree of pages says in clear."""
    return max(int(count) for count in re.findall(rb"/Type\s*/Pages[^>]*?/Count\s+(\d+)", pdf))


@pytest.mark.parametrize("named", ["", "x" * 33, "\u0000", "\u0001", "不是编号", "0" * 24])
async def test_requests_that_are_none(world, named):
    """Whatever is given for the id of a request, there is an answer; both ways of naming one at once are refused."""
    await asked(world, Step(text=QUESTION))
    text = 'query R($id: String) { receipt(requestId: $id, hash: "0") { state } }'
    said = (await world.ask(Step(text=text, variables={"id": named}))).json()["errors"][0]["extensions"]["code"]
    assert said == ("BAD_USER_INPUT" if named == "\u0000" else "RECEIPT_NOT_FOUND")
    for both in ('index: 1, requestId: "x"', 'hash: "0"'):
        said = (await world.ask(Step(text=f"{{ receipt({both}) {{ state }} }}"))).json()["errors"][0]["extensions"][
            "code"
        ]
        assert said == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("ended", "code", "outcome"),
    [
        (RuntimeError("x"), "INTERNAL", "FAILED"),
        (HubError("FILTER_TOO_WIDE", label="x", label_en="x"), "FILTER_TOO_WIDE", "REFUSED"),
    ],
)
async def test_what_failed_after_a_source_was_asked(world, monkeypatch, ended, code, outcome):
    """Also a question that ended otherwise is on record, and its refusal says where."""

    def fail(*_):
        raise ended

    with monkeypatch.context() as patched:
        patched.setattr("hub.course.answer_of", fail)
        answer = await asked(world, Step(text=QUESTION))
    assert answer["errors"][0]["extensions"]["code"] == code
    receipt = await receipt_of(world, answer, shown=True)
    assert (receipt.entry["outcome"], receipt.entry["answer"]) == (outcome, "")
