"""`chengxin-hub keys | clients`: what operators type, and what they are told."""

import json
import re
import subprocess
import sys

import pytest
from joserfc.jwk import OKPKey

from tests.commands.office import Office, opened


@pytest.fixture
def office(tmp_path):
    """A hub whose clerks are bound to a division."""
    with opened(tmp_path / "hub") as found:
        yield found


# ---------------------------------------------------------------- keys that sign


def test_keys_are_listed_with_their_times(office):
    """From when each signs, until when it verifies, and whether its private half is here."""
    made = office.done("keys", "rotate").stdout.strip()
    first, second = office.done("keys", "list").stdout.splitlines()
    assert second.startswith(made)
    assert "最初" in first
    assert re.search(r"until 20\d\d-", first)
    assert re.search(r"from 20\d\d-", second)
    assert "not set" in second
    assert "私钥在此" in second
    (office.folder / "keys" / f"token-{made}.pem").unlink()
    assert "私钥不在此" in office.done("keys", "list").stdout.splitlines()[1]


def test_a_second_rotation_waits_for_the_first(office):
    """It is told when that one signs; nothing is made. At once, there is one all the same."""
    made = office.done("keys", "rotate").stdout.strip()
    said = office.refused("keys", "rotate", code=1)
    assert made in said
    assert re.search(r"signs from 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", said)
    assert len(list((office.folder / "keys").glob("token-*.pem"))) == 1
    last = office.done("keys", "rotate", "--at-once", "--yes").stdout.strip()
    assert [line.split()[0] for line in office.done("keys", "list").stdout.splitlines()] == [last]
    assert office.acts() == [("SIGNING_KEY_CHANGED", "IN_TIME"), ("SIGNING_KEY_CHANGED", "AT_ONCE")]


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_a_stolen_key_is_changed_after_a_question(office, answer):
    """Whoever does not say yes has changed nothing."""
    office.signed_in("somebody")
    result = office.type("keys", "rotate", "--at-once", answer=answer)
    assert (result.exit_code, result.stdout.strip()) == (1, answer.strip())
    assert "--yes" in result.stderr
    assert office.still_signed_in() == (1, 1)
    assert office.acts() == []


def test_a_stolen_key_ends_every_sign_in(office):
    """Nothing that would renew a token is left; in its time, a rotation ends none."""
    office.signed_in("somebody")
    office.done("keys", "rotate")
    assert office.still_signed_in() == (1, 1)
    assert office.type("keys", "rotate", "--at-once", answer="y\n").exit_code == 0
    assert office.still_signed_in() == (0, 0)


# ---------------------------------------------------------------- secrets and keys of clients


def test_a_secret_is_shown_once_and_alone(office):
    """It stands on the standard output alone, labelled on the other, and nowhere in the store."""
    told = office.done("clients", "secret", "portal")
    text = told.stdout.removesuffix("\n")
    assert re.fullmatch(r"[\w-]{43}", text)
    assert "只显示这一次" in told.stderr
    assert text not in told.stderr
    assert text.encode() not in office.store()
    (found,) = office.rows("SELECT id FROM client_credentials")
    assert found[0] in told.stderr
    assert "已收回" in office.done("clients", "withdraw", found[0]).stdout
    assert "holds no more" in office.done("clients", "list").stdout
    assert [act for act, _ in office.acts()] == ["SECRET_ADDED", "SECRET_WITHDRAWN"]
    assert "clients list" in office.refused("clients", "withdraw", found[0])
    assert office.acts()[-1] == ("SECRET_WITHDRAWN", "UNKNOWN")


@pytest.mark.parametrize(("client", "hint"), [("tablet", "无须密钥"), ("signing", "clients key")])
def test_a_secret_is_for_clients_that_use_one(office, client, hint):
    """Others are told what they need instead."""
    assert hint in office.refused("clients", "secret", client)


def test_a_sixth_secret_is_refused(office):
    """Five hold at most: what to do about it is said in both languages."""
    for _ in range(5):
        office.done("clients", "secret", "portal")
    said = office.refused("clients", "secret", "portal", code=1)
    assert "请先收回一个" in said
    assert "withdraw one first" in said


def test_a_misspelled_client_is_guessed(office):
    """Commands that sign or explain for a client say what may be meant, too."""
    assert "是否应为 portal" in office.refused("clients", "secret", "portol")
    assert "did you mean portal" in office.refused("token", "--client", "portol")


def written(office: Office, text: str | bytes, name: str = "client.key") -> str:
    """A file that an operator was given."""
    path = office.folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def jwk(key: OKPKey, *, private: bool = False) -> str:
    """A key as JSON."""
    return json.dumps(key.as_dict(private=private))


def test_a_key_is_registered_once(office):
    """The same key is refused while it holds, whatever its id; once withdrawn it may come again."""
    key = OKPKey.generate_key("Ed25519")
    file = written(office, jwk(key))
    made = office.done("clients", "key", "signing", file).stdout.split("  ")[2]
    again = written(office, json.dumps({**key.as_dict(private=False), "kid": "other"}))
    assert "已登记此公钥" in office.refused("clients", "key", "signing", again)
    office.done("clients", "withdraw", made)
    office.done("clients", "key", "signing", file)
    assert [act for act, _ in office.acts()] == ["KEY_ADDED", "SECRET_WITHDRAWN", "KEY_ADDED"]


@pytest.mark.parametrize(("client", "hint"), [("portal", "clients secret"), ("tablet", "无须密钥")])
def test_a_key_is_for_clients_that_sign(office, client, hint):
    """Others are told what they need instead."""
    file = written(office, jwk(OKPKey.generate_key("Ed25519")))
    assert hint in office.refused("clients", "key", client, file)


def test_a_private_key_must_be_replaced(office):
    """As a JWK and as PEM it is refused, said to be secret no longer, and stored nowhere."""
    key = OKPKey.generate_key("Ed25519")
    pem = key.as_pem(private=True)
    for text in (jwk(key, private=True), pem):
        said = office.refused("clients", "key", "signing", written(office, text))
        assert "必须更换" in said
        assert "must now be replaced" in said
        assert str(key.as_dict(private=True)["d"]) not in said
    assert str(key.as_dict(private=True)["d"]).encode() not in office.store()


def test_a_public_pem_is_converted_by_the_line_that_is_shown(office):
    """The sentence says that a JWK is wanted, and its line makes one that is taken."""
    key = OKPKey.generate_key("Ed25519")
    pem = key.as_pem(private=False)
    said = office.refused("clients", "key", "signing", written(office, pem, "public.pem"))
    assert '{"kty":"OKP"' in said
    code = said.splitlines()[-1].split("'")[1]
    words = (sys.executable, "-c", code, "public.pem")
    made = subprocess.run(words, cwd=office.folder, capture_output=True, check=True).stdout
    office.done("clients", "key", "signing", written(office, made))


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"keys": []}', '{"kty": "OKP"}', '{"kty": "oct", "k": "AA"}'])
def test_what_is_no_key_is_refused(office, text):
    """In one sentence of both languages."""
    office.refused("clients", "key", "signing", written(office, text))
    assert office.acts() == []
