"""A service that fails: each way becomes the right error, says nothing it should not, and is over when it is over."""

import asyncio
import datetime as dt
import ipaddress
import ssl
import traceback

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters import rest
from adapters.base import KEY, LOCAL, Lookup, OrderKey, SourceBadData, SourceDown, SourceTimeout, Unreadable
from tests.adapters.rest_source import API_KEY, CLIENT, Fault
from tests.adapters.rest_styles import STYLES, opener, options, service
from tests.conformance.records import CODES
from tests.conformance.suite import lookup, search, soon

SECRETS = (API_KEY, CLIENT[1], "s+e%2Bcret", "c81d", CODES[1], "127.0.0.1", "http://", "stack trace", "系统异常")
FAILURES = [
    (Fault.ERROR, SourceDown),
    (Fault.BUSY, SourceDown),
    (Fault.DENIED, SourceDown),
    (Fault.HANG_UP, SourceDown),
    (Fault.CUT, SourceDown),
    (Fault.OWN_ERROR, SourceDown),
    (Fault.SLOW, SourceTimeout),
    (Fault.ABSENT, SourceBadData),
    (Fault.REFUSED, SourceBadData),
    (Fault.REDIRECT, SourceBadData),
    (Fault.HTML, SourceBadData),
    (Fault.NOT_JSON, SourceBadData),
    (Fault.NULL, SourceBadData),
    (Fault.HUGE, SourceBadData),
    (Fault.BOMB, SourceBadData),
    (Fault.NO_ROWS, SourceBadData),
    (Fault.NO_KEY, SourceBadData),
]
TOKEN_FAILURES = [
    (Fault.TOKEN_ERROR, SourceDown),
    (Fault.TOKEN_REFUSED, SourceDown),
    (Fault.TOKEN_NONSENSE, SourceBadData),
    (Fault.TOKEN_SLOW, SourceTimeout),
]
PAGE_FAILURES = [("get", Fault.SMALL_PAGES), ("comma", Fault.SAME_PAGE), ("cursor", Fault.SAME_CURSOR)]


@pytest.fixture
async def opened(catalogue):
    """Opens sources on services of their own."""
    async with opener(catalogue, max_bytes=2**20, timeout_ms=1000) as open_one:
        yield open_one


def ask(seconds=20.0, columns=(KEY, LOCAL), keys=CODES[:3]):
    """A look-up of some codes."""
    return Lookup("Entity", columns, "uscc", tuple(keys), soon(seconds), "测试")


def check_silence(error):
    """Neither the error nor its traceback say anything that is not theirs to say."""
    text = "".join((str(error), repr(error), *traceback.format_exception(error)))
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize(("fault", "expected"), FAILURES, ids=str)
@pytest.mark.parametrize("style", ["post", "get"])
async def test_each_failure_has_its_error_and_heals(opened, style, fault, expected):
    """A failing service raises the agreed error without a word of what it holds, and answers when it is well again."""
    adapter, asked = await opened(style)
    before = await adapter.fetch(ask())
    asked.fail(fault)
    with pytest.raises(expected) as raised:
        await adapter.fetch(ask(0.4 if expected is SourceTimeout else 20))
    check_silence(raised.value)
    asked.fail(None)
    assert await adapter.fetch(ask()) == before


async def test_redirects_are_not_followed(opened):
    """What the service points to is never asked."""
    adapter, asked = await opened()
    asked.fail(Fault.REDIRECT)
    with pytest.raises(SourceBadData):
        await adapter.fetch(ask())
    assert not asked.seen


async def test_a_slow_answer_ends_at_the_deadline(opened):
    """The deadline holds for all requests of a call together, and the pages after it are not asked for."""
    adapter, asked = await opened("single")
    await adapter.fetch(ask())
    asked.fail(Fault.SLOW)
    started = soon(0)
    with pytest.raises(SourceTimeout):
        await adapter.fetch(ask(0.3, keys=CODES[:40]))
    assert soon(0) - started < 2
    assert asked.busiest <= 8


async def test_a_cancelled_call_closes_its_requests(opened):
    """A call that is given up leaves no request behind, and the source answers afterwards."""
    adapter, asked = await opened("single")
    await adapter.fetch(ask())
    asked.fail(Fault.SLOW, 8)
    task = asyncio.create_task(adapter.fetch(ask(keys=CODES[:20])))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await adapter.fetch(ask())).rows
    assert not [running for running in asyncio.all_tasks() if "run_bounded" in repr(running)]


async def test_an_absent_field_is_unreadable(opened):
    """A column that the answer lacks is marked in its own place and spoils nothing else."""
    adapter, asked = await opened()
    asked.lost = "mc"
    asked.fail(Fault.NO_FIELD)
    rows = await adapter.fetch(ask(columns=("uscc", "name")))
    assert rows.rows
    assert all(row[0] in CODES and row[1] is Unreadable.VALUE for row in rows.rows)


async def test_a_row_without_identifier_is_bad_data(opened):
    """Rows that cannot be told apart are refused."""
    adapter, asked = await opened()
    asked.lost = "id"
    asked.fail(Fault.NO_FIELD)
    with pytest.raises(SourceBadData):
        await adapter.fetch(ask())


@pytest.mark.parametrize(("style", "fault"), PAGE_FAILURES)
async def test_pages_that_contradict_themselves_are_bad_data(opened, style, fault):
    """Smaller pages than asked, the same page or the same cursor again: rows are never lost or read forever."""
    adapter, asked = await opened(style)
    asked.fail(fault)
    with pytest.raises(SourceBadData):
        await adapter.fetch(lookup("Licence", (LOCAL,), CODES))


async def test_rows_out_of_order_are_bad_data(opened):
    """A service that forgets its order is found out."""
    adapter, asked = await opened()
    asked.fail(Fault.UNORDERED)
    for order in (), (OrderKey("name"),):
        with pytest.raises(SourceBadData):
            await adapter.search(search("Entity", (LOCAL,), 9, order=order))


async def test_a_position_that_is_ignored_is_bad_data(opened):
    """A service that answers the first page again for every position is found out."""
    adapter, asked = await opened()
    first = await adapter.search(search("Entity", (LOCAL,), 9))
    assert (await adapter.search(search("Entity", (LOCAL,), 9, after=first.rows[-1]))).rows[0] > first.rows[-1]
    asked.deaf = True
    with pytest.raises(SourceBadData):
        await adapter.search(search("Entity", (LOCAL,), 9, after=first.rows[-1]))


async def test_nobody_listens_and_then_somebody_does(opened):
    """A service that is restarted is found again, also on a connection that was kept open, without a failed call."""
    for style in STYLES:
        adapter, asked = await opened(style)
        before = await adapter.fetch(ask())
        await asked.stop()
        with pytest.raises(SourceDown) as raised:
            await adapter.fetch(ask())
        check_silence(raised.value)
        with pytest.raises(SourceDown):
            await adapter.check()
        await asked.start()
        assert await adapter.fetch(ask()) == before
        await asked.stop()
        await asked.start()
        assert await adapter.fetch(ask()) == before
        await adapter.check()


@pytest.mark.parametrize(("after", "requests"), [("1", 2), ("0", 3), ("30", 1), ("Fri, 31 Dec 2027 00:00:00 GMT", 1)])
async def test_a_busy_service_is_asked_again_within_the_deadline_only(opened, after, requests):
    """`Retry-After` is waited for if the deadline allows, a few times, and never slept beyond it."""
    adapter, asked = await opened()
    asked.retry_after = after
    asked.fail(Fault.BUSY, requests - 1 if after in "01" else -1)
    started = soon(0)
    if after in "01":
        assert (await adapter.fetch(ask(5))).rows
        assert asked.turned == requests - 1
    else:
        with pytest.raises(SourceDown) as raised:
            await adapter.fetch(ask(5))
        assert raised.value.retryable
        assert asked.turned == 1
        assert soon(0) - started < 1


async def test_a_service_that_stays_busy_is_down(opened):
    """A service is asked three times at most."""
    adapter, asked = await opened()
    asked.retry_after = "0"
    asked.fail(Fault.BUSY)
    with pytest.raises(SourceDown):
        await adapter.fetch(ask(5))
    assert asked.turned == 3


@pytest.mark.parametrize(("fault", "expected"), TOKEN_FAILURES, ids=str)
async def test_each_failure_of_the_authorisation_server_has_its_error_and_heals(opened, fault, expected):
    """Without a token nothing is asked; the failure is shared by all who wait, and over when it is over."""
    adapter, asked = await opened("cursor")
    asked.fail(fault, 1)
    found = await asyncio.gather(*(adapter.fetch(ask()) for _ in range(5)), return_exceptions=True)
    assert [type(error) for error in found] == [expected] * 5
    for error in found:
        check_silence(error)
    assert not asked.seen
    assert (await adapter.fetch(ask())).rows


async def test_one_token_serves_all(opened):
    """However many ask at once, one token is fetched, and kept."""
    adapter, asked = await opened("cursor")
    await asyncio.gather(*(adapter.fetch(ask()) for _ in range(20)))
    await adapter.fetch(ask())
    assert len(asked.tokens) == 1


async def test_a_refused_token_is_replaced_once_for_all(opened):
    """When the service refuses the token, those who were refused share one new one, and nobody fails."""
    adapter, asked = await opened("cursor")
    await adapter.fetch(ask())
    asked.revoked.update(asked.tokens)
    rows = await asyncio.gather(*(adapter.fetch(ask()) for _ in range(20)))
    assert all(found.rows for found in rows)
    assert len(asked.tokens) == 2


async def test_a_service_that_refuses_every_token_is_down(opened):
    """A second refusal is final."""
    adapter, asked = await opened("cursor")
    asked.fail(Fault.DENIED)
    with pytest.raises(SourceDown) as raised:
        await adapter.fetch(ask())
    check_silence(raised.value)
    assert len(asked.tokens) == 2


async def test_a_token_is_replaced_before_it_expires(opened):
    """A token is not used in the last tenth of its life."""
    adapter, asked = await opened("cursor")
    asked.life = 2
    await adapter.fetch(ask())
    await adapter.fetch(ask())
    assert len(asked.tokens) == 1
    await asyncio.sleep(1.85)
    await adapter.fetch(ask())
    assert len(asked.tokens) == 2


async def test_who_gives_up_takes_no_token_away(opened):
    """The token goes on being fetched for those who still wait."""
    adapter, asked = await opened("cursor")
    first = asyncio.create_task(adapter.fetch(ask()))
    await asyncio.sleep(0)
    second = asyncio.create_task(adapter.fetch(ask()))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).rows
    assert len(asked.tokens) == 1


async def test_secrets_may_be_sent_in_the_form(opened, catalogue):
    """An authorisation server that takes no Basic credentials gets them in the form."""
    _, asked = await opened("cursor")
    auth = options(asked, "cursor").auth.model_dump() | {"in_body": True}
    other = rest.open_source(options(asked, "cursor", auth=auth), catalogue)
    assert (await other.fetch(ask())).rows
    await other.aclose()


async def test_what_does_not_speak_http_is_bad_data(catalogue):
    """A port on which something else listens is told from a service that is down."""

    async def mumble(reader, writer):
        await reader.read(100)
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(mumble, "127.0.0.1")
    asked = service("post")
    asked.port = server.sockets[0].getsockname()[1]
    adapter = rest.open_source(options(asked), catalogue)
    with pytest.raises(SourceBadData) as raised:
        await adapter.fetch(ask())
    check_silence(raised.value)
    await adapter.aclose()
    server.close()
    await server.wait_closed()


async def test_certificates_are_checked(catalogue, tmp_path):
    """A service whose certificate nobody vouches for is down; with its authority's file it answers."""
    tls = issue(tmp_path)
    asked = service("post")
    await asked.start(tls)
    stranger = rest.open_source(options(asked), catalogue)
    friend = rest.open_source(options(asked, ca_file=str(tmp_path / "ca.pem")), catalogue)
    with pytest.raises(SourceDown, match="certificate is not trusted") as raised:
        await stranger.fetch(ask())
    check_silence(raised.value)
    assert (await friend.fetch(ask())).rows
    for adapter in stranger, friend:
        await adapter.aclose()
    await asked.stop()


def issue(folder):
    """A server context for 127.0.0.1; its self-signed certificate is also left as `ca.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "register.example")])
    today = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(today).not_valid_after(today + dt.timedelta(days=1))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = made.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(pem)
    hidden = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context
