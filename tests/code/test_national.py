"""Plates signed by SM2: the standard's own example, what is true and what is not, and what there is without the library."""

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from hub.clock import Clock
from hub.code.forms import Use
from hub.code.keys import Algorithm, CodeKey, make_code_key, open_code_keys
from hub.code.printing import Printer
from hub.code.revoked import sign_list
from hub.code.signed import LENGTH, Proof, is_true, message_of, read_proof, sign_code
from hub.code.tokens import make_token
from hub.sm2 import NoSm2Error, Sm2Key, is_signed, make_sm2
from tests.acts.hall import GRAIN
from tests.code.floor import by_sm2, open_floor

DAY = date(2026, 11, 23)
EXAMPLE = json.loads((Path(__file__).parents[1] / "vectors/sm2/gbt-32918-5.json").read_text("utf-8"))


@pytest.fixture
def national(tmp_path):
    """Keys of a folder: first one of Ed25519, then one of SM2, which signs."""
    open_code_keys(tmp_path)
    assert make_code_key(tmp_path, DAY, Algorithm.SM2) is not None
    return open_code_keys(tmp_path)


@pytest.fixture
def without(monkeypatch):
    """The library is not installed."""
    monkeypatch.setitem(sys.modules, "gmalg", None)


def test_the_example_of_the_standard():
    """Its signature is true; of another message, by another key, with a half changed or out of range it is not."""
    public, message = bytes.fromhex(EXAMPLE["public"]), EXAMPLE["message"].encode()
    first, second = bytes.fromhex(EXAMPLE["r"]), bytes.fromhex(EXAMPLE["s"])
    assert is_signed(public, message, first + second)
    own = Sm2Key(bytes.fromhex(EXAMPLE["secret"]), public)
    assert is_signed(public, message, own.sign(message))
    order = bytes.fromhex(EXAMPLE["order"])
    for wrong in (second + first, first + bytes(32), bytes(32) + second, first + order, order + order, first, b""):
        assert not is_signed(public, message, wrong)
    assert not is_signed(public, message + b".", first + second)
    for key in (public[:-1], b"\x04" + bytes(64), bytes(65), b"\x02" + public[1:], b""):
        assert not is_signed(key, message, first + second)


def test_a_plate_signed_by_sm2(national):
    """As long as any other; another token, entity, day, key or a changed letter makes it false."""
    token = make_token()
    proof = sign_code(national, token, GRAIN, DAY)
    assert (len(proof.text), read_proof(proof.text)) == (LENGTH, proof)
    assert is_true(national, token, proof)
    old = next(kid for kid, name in national.algorithms().items() if name == "Ed25519")
    for told, wrong in (
        (make_token(), proof),
        (token, Proof("92231282MA9X0B02XT", DAY, proof.kid, proof.signature)),
        (token, Proof(GRAIN, date(2026, 11, 24), proof.kid, proof.signature)),
        (token, Proof(GRAIN, DAY, old, proof.signature)),
        (token, Proof(GRAIN, DAY, proof.kid, bytes([proof.signature[0] ^ 1]) + proof.signature[1:])),
        (token, Proof(GRAIN, DAY, proof.kid, bytes(64))),
    ):
        assert not is_true(national, told, wrong)


def test_no_algorithm_passes_for_the_other(national):
    """The key says which it is: what one signed is false by the other, also when its bytes are called the other's."""
    message = message_of(make_token(), GRAIN, DAY)
    first, last = national.signers
    assert (first.key.algorithm, last.key.algorithm) == (Algorithm.ED25519, Algorithm.SM2)
    assert first.key.is_signed(message, first.private.sign(message))
    assert not first.key.is_signed(message, last.private.sign(message))
    assert not last.key.is_signed(message, first.private.sign(message))
    assert not CodeKey(Algorithm.SM2, first.key.public).is_signed(message, first.private.sign(message))


def test_the_list_stays_one_that_browsers_check(national, tmp_path):
    """By the last key of Ed25519, whatever signs plates; by the one of SM2 where there is no other."""
    assert national.algorithms()[sign_list(national, [], Clock().moment()).kid] == "Ed25519"
    (tmp_path / "code.pem").unlink()
    alone = open_code_keys(tmp_path)
    signed = sign_list(alone, [], Clock().moment())
    assert alone.is_signed(signed.kid, signed.text.encode(), bytes.fromhex(signed.signature))
    assert alone.algorithms() == {signed.kid: "SM2"}


def test_keys_of_sm2_cease_and_others_follow(national, tmp_path):
    """One key a day of either kind; a later one signs; the public half alone, as it is published, still verifies."""
    token = make_token()
    proof = sign_code(national, token, GRAIN, DAY)
    secret = tmp_path / f"code{DAY:%Y%m%d}.sm2"
    assert secret.stat().st_mode & 0o077 == 0
    assert make_code_key(tmp_path, DAY) is None
    make_code_key(tmp_path, date(2026, 11, 24))
    with pytest.raises(FileExistsError):
        make_sm2(secret)
    assert {path.suffix for path in tmp_path.iterdir()} == {".pem", ".sm2"}
    (tmp_path / "code-old.pub").write_text(national.published()[proof.kid] + "\n")
    secret.unlink()
    later = open_code_keys(tmp_path)
    assert later.algorithm is Algorithm.ED25519
    assert is_true(later, token, proof)


@pytest.mark.parametrize("content", ["", "04", "04" + "00" * 64, "zz" * 65, "-----BEGIN PUBLIC KEY-----\n"])
def test_what_is_no_public_key(tmp_path, content):
    """Nor is a point beside the curve; the file is named."""
    (tmp_path / "code1.pub").write_text(content)
    with pytest.raises(OSError, match=r"code1\.pub.*SM2"):
        open_code_keys(tmp_path)


@pytest.mark.parametrize("content", ["00" * 32, "ff" * 32, "ab" * 31, EXAMPLE["order"]])
def test_what_is_no_private_key(tmp_path, content):
    """Nought, the order of the curve and beyond, too short: the file is named, what stands in it is not said."""
    (tmp_path / "code1.sm2").write_text(content)
    with pytest.raises(OSError, match=r"code1\.sm2") as told:
        open_code_keys(tmp_path)
    assert content not in str(told.value)


def test_without_the_library(national, tmp_path, without):
    """Nothing is made, and nothing starts that could not tell a genuine plate from a forgery; a sentence says what to install."""
    before = sorted(tmp_path.iterdir())
    for step in (lambda: open_code_keys(tmp_path), lambda: make_code_key(tmp_path, date(2027, 1, 1), Algorithm.SM2)):
        with pytest.raises(NoSm2Error, match=r"chengxin-hub\[sm2\]"):
            step()
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("use", [Use.DOOR, Use.CAMPUS])
def test_the_symbol_is_of_the_same_size(national, printer, plate, use):
    """Of SM2 as of Ed25519: the same version, as strong."""
    usual, other = printer.symbol(plate, use), Printer(printer.address, national).symbol(plate, use)
    assert (other.version, other.level) == (usual.version, usual.level)


async def test_the_hub_checks_what_a_browser_cannot(tmp_path):
    """A plate's page says that its signature was checked, and of a changed one that it is false; keys name their algorithms;
    what is printed promises nothing that holds for Ed25519 alone.
    """
    async with open_floor(tmp_path, edit=by_sm2(tmp_path)) as floor:
        token = (await floor.issued())["token"]
        proof = sign_code(floor.house.keys, token, GRAIN, DAY)
        assert "签名已核对" in (await floor.get(f"/C/{token}/S/{proof.text}")).text
        false = Proof(proof.entity, proof.issued, proof.kid, proof.signature[::-1])
        assert "签名是假的" in (await floor.get(f"/C/{token}/S/{false.text}")).text
        told = (await floor.get("/codes/keys")).json()
        assert told["algorithms"][proof.kid] == "SM2"
        assert len(told["keys"][proof.kid]) == 130
        listed = (await floor.get("/codes/revoked")).json()
        assert told["algorithms"][listed["kid"]] == "Ed25519"
        page = (await floor.get(f"/c/{token}/kit")).text
        assert "国密 SM2 签名，联网验真" in page
        assert "无网络时也可验真" not in page
        assert (await floor.get(f"/c/{token}/kit/door.pdf")).content.startswith(b"%PDF")
