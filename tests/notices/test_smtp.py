"""Mail, to a real server: what it holds, how it is proved, and what becomes of a refusal."""

import asyncio
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.notices import smtp
from hub.notices.carriers import Undelivered
from hub.notices.smtp import Mail, MailServer
from tests.notices.letters import letter
from tests.notices.office import EMAIL
from tests.notices.servers import taking_mail

OPEN = MailServer("127.0.0.1", 0, "none", "hub@example.gov.cn", "样例网关")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, which vouches for itself."""
    folder = tmp_path_factory.mktemp("certificate")
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(files[0]), str(files[1])


async def test_what_a_mail_holds():
    """Plain text in Chinese and English, the subject encoded, no name, and an id that stays the same."""
    async with taking_mail() as server:
        mail = Mail(replace(OPEN, port=server.port))
        await mail.carry(letter())
        await mail.carry(letter())
        await mail.carry(replace(letter(), page="https://hub.example/console/freeze"))
    first, again, leading = server.got
    assert (first["From"], first["To"]) == ("hub@example.gov.cn", EMAIL)
    assert first["Subject"] == "【样例网关】授权已到期 / A grant"
    assert first["Date"] == "Fri, 15 Jan 2027 16:00:00 +0800"
    assert first.get_content_type() == "text/plain"
    assert first.get_content() == "授权G-0001已到期。\r\n\r\nended\r\n\r\n编号 / No. 7-1\r\n"
    assert first["Message-ID"] == again["Message-ID"] == "<notice-7-1@example.gov.cn>"
    assert "\r\n\r\n办理 / Open: https://hub.example/console/freeze\r\n\r\n" in leading.get_content()
    assert first["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("answer", "code", "lasting"),
    [("550 no such mailbox", "RECIPIENT_REFUSED", True), ("450 try later", "RECIPIENT_REFUSED", False)],
)
async def test_a_recipient_who_is_refused(answer, code, lasting):
    """For good or for the moment, as the server says."""
    async with taking_mail() as server:
        server.answer = answer
        with pytest.raises(Undelivered) as fault:
            await Mail(replace(OPEN, port=server.port)).carry(letter())
    assert (fault.value.code, fault.value.lasting) == (code, lasting)


async def test_mail_is_encrypted_and_proved(certificate):
    """STARTTLS with a certificate that is checked, then the credentials; a wrong password is mended by somebody."""
    async with taking_mail(certificate, proves=True) as server:
        secure = replace(
            OPEN,
            host="localhost",
            port=server.port,
            security="starttls",
            username="hub",
            password="right",
            ca_file=certificate[0],
        )
        await Mail(secure).carry(letter())
        assert server.users == [(b"hub", b"right")]
        assert len(server.got) == 1
        with pytest.raises(Undelivered) as fault:
            await Mail(replace(secure, password="wrong")).carry(letter())
        assert (fault.value.code, fault.value.lasting) == ("NOT_AUTHENTICATED", False)


async def test_a_server_that_nobody_vouches_for(certificate):
    """Gets no mail and sees no credentials."""
    async with taking_mail(certificate, proves=True) as server:
        unknown = replace(
            OPEN, host="localhost", port=server.port, security="starttls", username="hub", password="right"
        )
        with pytest.raises(Undelivered, match="TLS"):
            await Mail(unknown).carry(letter())
        assert (server.users, server.got) == ([], [])


async def test_a_server_without_encryption():
    """Gets no mail where encryption is wanted."""
    async with taking_mail() as server:
        with pytest.raises(Undelivered, match="NO_STARTTLS"):
            await Mail(replace(OPEN, port=server.port, security="starttls")).carry(letter())
        assert server.got == []


async def test_a_server_that_speaks_tls_from_the_beginning(certificate):
    """Is spoken to so; one that does not is not believed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    talk = asyncio.Event()

    async def greet(reader, writer):
        talk.set()
        writer.write(b"554 not now\r\n")
        await writer.drain()
        writer.close()

    serving = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=context)
    port = serving.sockets[0].getsockname()[1]
    secure = replace(OPEN, host="localhost", port=port, security="tls", ca_file=certificate[0])
    with pytest.raises(Undelivered, match="SMTP_554"):
        await Mail(secure).carry(letter())
    assert talk.is_set()
    serving.close()
    async with taking_mail() as server:
        with pytest.raises(Undelivered, match="TLS"):
            await Mail(replace(secure, port=server.port)).carry(letter())


async def test_a_server_that_speaks_slowly_is_cut(monkeypatch):
    """One letter a moment would hold a mail for hours: the whole of it has an end, and so has its thread."""
    monkeypatch.setattr(smtp, "_TOTAL", 0.5)
    gone = asyncio.Event()

    async def dribble(reader, writer):
        try:
            while True:
                writer.write(b"2")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            gone.set()

    serving = await asyncio.start_server(dribble, "127.0.0.1", 0)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await Mail(replace(OPEN, port=serving.sockets[0].getsockname()[1])).carry(letter())
    await asyncio.wait_for(gone.wait(), 10)
    assert time.monotonic() > began
    serving.close()


async def test_no_server():
    """Is tried again."""
    with pytest.raises(Undelivered, match="UNREACHABLE") as fault:
        await Mail(replace(OPEN, port=1)).carry(letter())
    assert fault.value.lasting is False
