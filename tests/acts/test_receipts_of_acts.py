"""What was done has a receipt as well: the act's own entry, for whoever did it."""

import json

from hub.audit.receipt import read_receipt, verify_receipt
from hub.web.receipt_pdf import told
from tests.acts.hall import SECURITY, Someone, freeze

RECEIPT = "{ receipt(index: %d) { state document } }"


async def test_an_act_has_a_receipt(hall):
    """It names the entry of the act; a repeated request has the same; others have none."""
    body = (await hall.ask(SECURITY, freeze("CLIENT", "bank"), "k1")).json()
    found = body["extensions"]["receipt"]
    assert found["index"] == body["data"]["freeze"]["position"]
    again = (await hall.ask(SECURITY, freeze("CLIENT", "bank"), "k1")).json()
    assert again["extensions"]["receipt"] == found
    while await hall.world.hub.sequencer.advance():
        pass
    said = (await hall.ask(SECURITY, RECEIPT % found["index"])).json()["data"]["receipt"]
    receipt = read_receipt(json.dumps(said["document"]).encode())
    verify_receipt(receipt)
    assert (receipt.entry["act"], receipt.hash) == ("FROZEN", found["hash"])
    assert told(receipt, "https://hub.example")["rows"][2][1] == "FROZEN"
    for other in (Someone("security", "somebody else"), None):
        assert await hall.refused(other, RECEIPT % found["index"]) == "RECEIPT_NOT_FOUND"


async def test_of_several_acts_the_last(small):
    """One mutation with several acts tells the entry of the last, and each of them is its doer's."""
    text = f"mutation {{ a: {freeze('CLIENT', 'bank')[11:-2]} b: {freeze('CLIENT', 'school')[11:-2]} }}"
    body = (await small.ask(SECURITY, text)).json()
    positions = [body["data"][name]["position"] for name in "ab"]
    assert body["extensions"]["receipt"]["index"] == max(positions)
    for position in positions:
        assert (await small.ask(SECURITY, RECEIPT % position)).json()["data"]["receipt"]["state"] == "PENDING"


async def test_what_was_not_done_has_none(small):
    """A mutation that does nothing is not on record; what the hub or a command did is nobody's but auditors'."""
    body = (await small.ask(SECURITY, "mutation { __typename }")).json()
    assert "receipt" not in body["extensions"]
    assert await small.refused(SECURITY, RECEIPT % 0) == "RECEIPT_NOT_FOUND"
