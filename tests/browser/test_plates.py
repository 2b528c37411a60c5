"""What a phone makes of a symbol, in the language of the phone: the same as the hub, from what the hub itself signed."""

import json
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hub.clock import Clock
from hub.code.address import CodeAddress
from hub.code.keys import Algorithm, make_code_key, open_code_keys
from hub.code.revoked import sign_list, token_digest
from hub.code.signed import sign_code
from hub.code.tokens import make_token
from hub.web import assets
from tests.clients.conftest import node_clients
from tests.clients.installed import node

STATIC = Path(assets.__file__).parent / "static"
SCRIPT = """
import {{ readPlate, isTrue, readList, stateOf }} from "{static}/plates.js";
import {{ verifyAsync }} from "{static}/vendor/ed25519/index.js";
const told = JSON.parse(process.argv[1]), found = [];
for (const text of told.symbols) {{
  const plate = readPlate(text, told.origin);
  const proven = plate?.proof ? await isTrue(plate, told.keys, verifyAsync) : undefined;
  found.push(plate && {{ token: plate.token, broken: plate.broken ?? false, proven: proven ?? null }});
}}
const lists = [];
for (const signed of told.lists) {{
  const list = await readList(signed, told.keys, verifyAsync);
  lists.push(list && [await stateOf(list, told.stopped), (await stateOf(list, told.good)) ?? null]);
}}
console.log(JSON.stringify({{ found, lists }}));
"""
__all__ = ["node_clients"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of keys: one of Ed25519, then one of SM2."""
    made = tmp_path_factory.mktemp("keys")
    open_code_keys(made)
    make_code_key(made, date(2026, 1, 2), Algorithm.SM2)
    return made


@pytest.fixture(scope="module")
def national(folder):
    """The keys, of which the one of SM2 signs."""
    return open_code_keys(folder)


@pytest.fixture(scope="module")
def signed(national):
    """The keys while the one of Ed25519 signed, an origin, a token and its proof."""
    keys, token = replace(national, signers=national.signers[:1]), make_token()
    return (
        keys,
        CodeAddress("https://c.example.gov.cn"),
        token,
        sign_code(keys, token, "91231282MA9X0A019P", date(2026, 1, 2)),
    )


def test_a_phone_reads_what_the_hub_signed(signed, national, node_clients):
    """A true plate is true; another letter, token, or origin is not; of another key, or of SM2, it can't be told, whether
    genuine or forged; a list that was changed is none, nor one of SM2.
    """
    keys, address, token, proof = signed
    plate, other = address.signed(token, proof), make_token()
    sm2 = sign_code(national, token, "91231282MA9X0A019P", date(2026, 1, 2))
    swapped = plate[:-5] + ("A" if plate[-5] != "A" else "B") + plate[-4:]
    symbols = {
        plate: {"token": token, "broken": False, "proven": True},
        swapped: {"token": token, "broken": False, "proven": False},
        address.signed(other, proof): {"token": other, "broken": False, "proven": False},
        plate.replace(keys.kid, "0" * 8): {"token": token, "broken": False, "proven": None},
        address.signed(token, sm2): {"token": token, "broken": False, "proven": None},
        address.signed(other, sm2): {"token": other, "broken": False, "proven": None},
        address.plain(token): {"token": token, "broken": False, "proven": None},
        address.packaged(token, "A-7"): {"token": token, "broken": False, "proven": None},
        plate[:-1]: {"token": token, "broken": True, "proven": None},
        plate.replace("C.EXAMPLE", "EVIL.EXAMPLE"): None,
        "weixin://pay": None,
    }
    made = sign_list(keys, [(token_digest(other), "R")], Clock().moment())
    true = {"text": made.text, "kid": made.kid, "signature": made.signature}
    lists = [
        true,
        true | {"text": made.text.replace(" R", " S")},
        true | {"kid": "0" * 8},
        true | {"kid": national.kid},
    ]
    told = {
        "symbols": list(symbols),
        "origin": address.origin,
        "keys": {"keys": keys.published(), "algorithms": keys.algorithms()},
    }
    told |= {"lists": lists, "stopped": other, "good": token}
    command = [node(), "--input-type=module", "--eval", SCRIPT.format(static=STATIC.as_uri()), json.dumps(told)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    answer = json.loads(done.stdout)
    assert answer["found"] == list(symbols.values())
    assert answer["lists"] == [["R", None], None, None, None]
