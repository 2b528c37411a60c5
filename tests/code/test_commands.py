"""`chengxin-hub codes`, and what the doctor and `check` say of codes."""

import io
import socket
import ssl
import sys
import threading
import zipfile
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import insert

from auth.roles import Role
from hub.app import wire
from hub.callers.people import Account
from hub.clock import Clock
from hub.code.address import CodeAddress
from hub.code.keys import Algorithm
from hub.code.origin import freeze_origin
from hub.code.symbol import encode
from hub.code.tokens import make_token
from hub.doctor.codes import examine_codes
from hub.settings import load_settings
from hub.settings_code import is_long
from hub.settings_mistakes import BadSettings
from hub.store.code_tables import honesty_codes
from tests.callers.stand import configure
from tests.commands.office import Office

PASSWORD = "correct horse battery"
CODE = """
[code]
department = "hub"
"""
GOOD, UNKNOWN = "91350100M000100Y43", "92231282MA9X0B02XT"
"""The sample of GB 32100, which the register holds; and a code that nobody has."""
STREET = f"uscc,committed,places\n{GOOD},是,门头\n{UNKNOWN},是,\n{GOOD[:-1]}0,是,\n"


@contextmanager
def opened(folder):
    """A hub that keeps codes, and a clerk who is at the keyboard."""
    path = configure(folder, "http://127.0.0.1:8000", more=CODE)
    told = path.read_text(encoding="utf-8")
    path.write_text(
        told.replace('name = "name", kind', 'status = { constant = "ACTIVE" }, name = { constant = "样例店" }, kind'),
        encoding="utf-8",
    )
    hub = wire(load_settings(path))
    clerk = Account("", "clerk", "窗口甲", "market", Role.CLERK)
    hub.attendant.perform(lambda ledger: ledger.people.add(clerk, PASSWORD))
    yield Office(path.parent, hub)
    hub.database.close()


@pytest.fixture
def office(tmp_path, monkeypatch):
    """It, with the password in a file."""
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    monkeypatch.setenv("HUB_PASSWORD_FILE", str(tmp_path / "password"))
    with opened(tmp_path / "hub") as found:
        yield found


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_street_is_taken_up_by_command(office, tmp_path, encoding):
    """Its rows are worked on, rejected ones told with their reason, its plates written; run again it is the same street."""
    file, archive = tmp_path / "street.csv", tmp_path / "plates.zip"
    file.write_bytes(STREET.encode(encoding))
    told = office.done("codes", "onboard", str(file), "--as", "clerk", "--purpose", "SERVICE", "--zip", str(archive))
    assert "3/3" in told.stdout
    assert f"3 {UNKNOWN}: 登记机关没有此统一社会信用代码" in told.stdout
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as plates:
        assert len([name for name in plates.namelist() if name.startswith(f"plates/{GOOD}-")]) == 1
    again = office.done("codes", "onboard", str(file), "--as", "clerk", "--purpose", "SERVICE")
    assert "继续" in again.stderr
    assert office.rows("SELECT count(*) FROM honesty_codes") == [(1,)]
    ((batch,),) = office.rows("SELECT id FROM code_batches")
    archive.unlink()
    office.done("codes", "plates", batch, "--zip", str(archive))
    assert archive.exists()
    told = "".join(body.decode() for (body,) in office.rows("SELECT body FROM entries"))
    assert told.count('"CODES_ONBOARDED"') == 2
    assert told.count('"CODES_PRINTED"') == 2
    office.refused("codes", "plates", "nothing", "--zip", str(archive), code=1)


def test_keys_are_made_once_a_day(office):
    """The new one signs from the next start on; the old one is still known."""
    told = office.done("codes", "new-key").stdout
    assert office.hub.codes.keys.kid in told
    office.refused("codes", "new-key", code=1)
    again = wire(load_settings(office.folder / "hub.toml"))
    assert again.codes is not None
    assert again.codes.keys.kid != office.hub.codes.keys.kid
    assert set(again.codes.keys.published()) > set(office.hub.codes.keys.published())
    again.database.close()


def test_a_key_of_sm2(office, monkeypatch):
    """It signs from the next start on, is on record with its algorithm, and is made and used only with what it needs."""
    made = office.done("codes", "new-key", "--sm2").stdout.split()[2].rstrip(":")
    again = wire(load_settings(office.folder / "hub.toml"))
    assert again.codes is not None
    assert (again.codes.keys.kid, again.codes.keys.algorithm) == (made, Algorithm.SM2)
    again.database.close()
    told = "".join(body.decode() for (body,) in office.rows("SELECT body FROM entries"))
    assert '"algorithm":"SM2"' in told
    secret = next((office.folder / "keys").glob("code*.sm2")).read_text().strip()
    assert secret.encode() not in office.store()
    monkeypatch.setitem(sys.modules, "gmalg", None)
    for command in (["codes", "new-key"], ["check"], ["serve"]):
        said = office.refused(*command, code=1)
        assert "请安装 chengxin-hub[sm2]" in said
        assert "Traceback" not in said


def test_without_codes_the_commands_say_so(tmp_path):
    """And nothing is made."""
    path = configure(tmp_path, "http://127.0.0.1:8000")
    hub = wire(load_settings(path))
    office = Office(path.parent, hub)
    assert "[code]" in office.refused("codes", "new-key", code=1)
    assert not list((tmp_path / "keys").glob("code*"))
    hub.database.close()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ('[code]\ndepartment = "nobody"\n', "code.department: nobody is not a department here"),
        ('[code]\ndepartment = "hub"\nbase_url = "http://hub.example"\n', "code.base_url: is an https address"),
        ('[code]\ndepartment = "hub"\nbase_url = "https://' + "a" * 36 + '.cn"\n', "38 characters at most"),
        ('[code]\ndepartment = "hub"\nissuer = "nobody"\n', "code.issuer"),
        ('[code]\ndepartment = "hub"\nblocking_lists = ["NONE"]\n', "code.blocking_lists"),
        (
            '[code]\ndepartment = "hub"\n[[code.parser]]\nname = "p"\nlabel = "x"\npattern = "("\n',
            "code.parser.1.pattern: is no regular",
        ),
        (
            '[code]\ndepartment = "hub"\n' + '[[code.parser]]\nname = "p"\nlabel = "x"\npattern = "(?P<token>a)"\n' * 2,
            "p stands there twice",
        ),
    ],
)
def test_mistakes_in_the_settings_are_told(tmp_path, more, sentence):
    """Each with its key."""
    path = configure(tmp_path, "http://127.0.0.1:8000", more=more)
    with pytest.raises(BadSettings) as told:
        load_settings(path)
    assert sentence in "\n".join(f"{one.key}: {one.sentence}" for one in told.value.mistakes)


def found(path, context=None):
    """Findings about codes: code and names."""
    settings = load_settings(path)
    return {one.code: dict(one.names) for one in examine_codes(settings, Clock(), context)}


def test_the_doctor_knows_the_address_in_print(tmp_path):
    """Another one is bad, and so does `check` say; an end of the domain that is near or not said is to be noted."""
    soon = (datetime.now(UTC) + timedelta(days=40)).date()
    path = configure(tmp_path, "http://127.0.0.1:8000", more=f"{CODE}domain_expires = {soon}\n")
    assert found(path) == {"CODE_DOMAIN_ENDING": {"day": soon.isoformat()}}
    hub = wire(load_settings(path))
    hub.database.acting(lambda connection: freeze_origin(connection, "https://old.example", "2026-01-01"))
    hub.database.close()
    assert found(path)["CODE_ORIGIN_CHANGED"] == {"origin": "https://old.example"}
    told = Office(path.parent, hub).type("check")
    assert told.exit_code == 2
    assert "https://old.example" in told.stderr
    path.write_text(path.read_text(encoding="utf-8").replace(f"domain_expires = {soon}\n", ""), encoding="utf-8")
    assert "CODE_DOMAIN_UNSAID" in found(path)


@contextmanager
def handshakes(context):
    """A port at which hands are shaken, and nothing else is done."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def serve():
            while not ended.is_set():
                with suppress(OSError):
                    connection, _ = listening.accept()
                    with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as shaken:
                        shaken.recv(1)

        listening.settimeout(0.2)
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        ended.set()
        thread.join()


@contextmanager
def tls_server(folder, days):
    """A server on this machine whose certificate ends after so many days, and what trusts it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with handshakes(served) as port:
        yield port, ssl.create_default_context(cafile=folder / "cert.pem")


@pytest.mark.parametrize(("days", "code"), [(200, "CODE_GOOD"), (20, "CODE_TLS_ENDING"), (-2, "CODE_TLS_BAD")])
def test_the_doctor_looks_at_the_certificate(tmp_path, days, code):
    """As a telephone would: good, near its end, over; and one that is not trusted is bad."""
    with tls_server(tmp_path, days) as (port, trusted):
        path = configure(tmp_path / "hub", f"https://localhost:{port}", more=f"{CODE}domain_expires = 2099-01-01\n")
        assert set(found(path, trusted)) == {code}
        assert set(found(path)) == {"CODE_TLS_BAD"}
    assert set(found(path, trusted)) == {"CODE_UNREACHABLE"}


def test_the_doctor_tells_what_cannot_be_printed(tmp_path):
    """An address that makes symbols larger, a folder without fonts, and names that no font has; counted, not told."""
    (tmp_path / "fonts").mkdir()
    far = (datetime.now(UTC) + timedelta(days=400)).date()
    more = f"{CODE}domain_expires = {far}\n"
    path = configure(tmp_path, "http://127.0.0.1:8000", more=more)
    assert found(path) == {}
    path.write_text(path.read_text(encoding="utf-8").replace(more, f'{more}fonts = "fonts"\n'), encoding="utf-8")
    assert found(path) == {"CODE_FONTS_EMPTY": {}}
    short = path.read_text(encoding="utf-8")
    path.write_text(short.replace(CODE, f'{CODE}base_url = "https://codes.zhaodong.invalid"\n'), encoding="utf-8")
    assert found(path)["CODE_ADDRESS_LONG"] == {"host": "codes.zhaodong.invalid", "most": 18}
    path.write_text(short, encoding="utf-8")
    hub = wire(load_settings(path))
    row = {
        "issuer": "LOCAL",
        "status_since": "2026-01-01",
        "applied_as": "COUNTER",
        "commitment": "1",
        "changed_at": "",
    }
    named = [("a", "堃喆样例", "VALID"), ("b", "样例", "VALID"), ("c", "龘样例", "REVOKED")]
    rows = [
        {**row, "id": f"{key:0>24}", "entity": key, "token": key, "name": n, "issued_to": n, "status": s}
        for key, n, s in named
    ]
    hub.database.acting(lambda connection: connection.execute(insert(honesty_codes), rows))
    hub.database.close()
    assert found(path)["CODE_NAMES_UNPRINTABLE"] == {"count": 1, "chars": "喆堃"}


@pytest.mark.parametrize(
    ("origin", "larger"),
    [
        ("https://c.zhaodong.gov.cn", False),
        ("https://ab.zhaodong.gov.cn", False),
        ("https://abc.zhaodong.gov.cn", True),
    ],
)
def test_how_long_an_address_keeps_symbols_small(origin, larger):
    """What the doctor says of an address is what the encoder does: version 3 at level Q, or a larger one."""
    symbol = encode(CodeAddress(origin).plain(make_token()), "Q", 10)
    assert (symbol.version > 3) is larger
    assert is_long(origin) is larger
