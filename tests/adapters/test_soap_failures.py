"""A SOAP service that fails: each way becomes the right error, says nothing it should not, and is over when it is over."""

import asyncio
import threading
import traceback

import pytest

from adapters import soap
from adapters.base import KEY, LOCAL, Lookup, OrderKey, SourceBadData, SourceDown, SourceTimeout, Unreadable
from tests.adapters.soap_source import API_KEY, PASSWORD, Fault
from tests.adapters.soap_styles import STYLES, opener, options, record, service
from tests.adapters.test_rest_failures import issue
from tests.conformance.records import CODES, MAPPINGS
from tests.conformance.suite import lookup, search, soon

SECRETS = (API_KEY, PASSWORD, CODES[1], "127.0.0.1", "http://", "stack trace", "系统异常", "操作失败", "E1001")
FAILURES = [
    (Fault.SLOW, SourceTimeout, "in time"),
    (Fault.DRIP, SourceTimeout, "in time"),
    (Fault.SERVER, SourceDown, "the source failed"),
    (Fault.OTHER, SourceDown, "the source failed"),
    (Fault.STRANGER, SourceDown, "credentials"),
    (Fault.CLIENT, SourceBadData, "SOAP fault (Client|Sender)"),
    (Fault.ERROR, SourceDown, "HTTP 500"),
    (Fault.BUSY, SourceDown, "HTTP 429"),
    (Fault.DENIED, SourceDown, "HTTP 401"),
    (Fault.ABSENT, SourceBadData, "HTTP 404"),
    (Fault.REDIRECT, SourceBadData, "redirects"),
    (Fault.CUT, SourceDown, "connection broke"),
    (Fault.HANG_UP, SourceDown, "connection broke"),
    (Fault.OWN_ERROR, SourceDown, "failure of its own"),
    (Fault.HTML, SourceBadData, "content type"),
    (Fault.NOT_XML, SourceBadData, "is not XML"),
    (Fault.CUT_XML, SourceBadData, "is not XML"),
    (Fault.DEEP, SourceBadData, "is not XML"),
    (Fault.QUOTED_LAUGHS, SourceBadData, "is not XML"),
    (Fault.HUGE, SourceBadData, "larger"),
    (Fault.BOMB, SourceBadData, "larger"),
    (Fault.DOCTYPE, SourceBadData, "document type"),
    (Fault.LAUGHS, SourceBadData, "is not XML"),
    (Fault.EXTERNAL, SourceBadData, "document type"),
    (Fault.EXTERNAL_FILE, SourceBadData, "document type"),
    (Fault.NOT_SOAP, SourceBadData, "no SOAP envelope"),
    (Fault.OTHER_VERSION, SourceBadData, "no SOAP envelope"),
    (Fault.OTHER_NAMESPACE, SourceBadData, "not the element"),
    (Fault.OTHER_ROWS, SourceBadData, "no readable"),
    (Fault.NO_CODE, SourceBadData, "whether it succeeded"),
    (Fault.NO_LIST, SourceBadData, "no rows where"),
    (Fault.OTHER_LIST, SourceBadData, "no rows where"),
]


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


@pytest.mark.parametrize(("fault", "expected", "said"), FAILURES, ids=str)
@pytest.mark.parametrize("style", ["batch", "joined"])
async def test_each_failure_has_its_error_and_heals(opened, style, fault, expected, said):
    """A failing service raises the agreed error without a word of what it holds, and answers when it is well again."""
    adapter, asked = await opened(style)
    before = await adapter.fetch(ask())
    assert before.rows
    asked.fail(fault)
    with pytest.raises(expected, match=said) as raised:
        await adapter.fetch(ask(0.4 if expected is SourceTimeout else 20))
    check_silence(raised.value)
    asked.fail(None)
    assert await adapter.fetch(ask()) == before


@pytest.mark.parametrize("fault", [Fault.REDIRECT, Fault.EXTERNAL])
async def test_nothing_is_fetched_but_the_answer(opened, fault):
    """What an answer points to – another address, a document type, an entity – is never asked for."""
    adapter, asked = await opened()
    asked.fail(fault)
    with pytest.raises(SourceBadData):
        await adapter.fetch(ask())
    assert not asked.fetched


async def test_wrong_credentials_are_refused(opened):
    """A service that does not know the hub is down, in whatever way the hub signs."""
    for style, wants in ("joined", "text"), ("signed", "text"), ("single", "digest"), ("bare", "basic"):
        adapter, asked = await opened(style)
        asked.wants = wants
        with pytest.raises(SourceDown, match="credentials"):
            await adapter.fetch(ask())


async def test_a_cell_in_the_wrong_form_costs_itself(opened):
    """A date, number or truth that is none, or elements where a text should be, spoil neither row nor neighbours."""
    adapter, asked = await opened()
    asked.tables["Licence"][0].update(
        {"jdrq": "2024-13-01", "cqyx": "vielleicht", "tyshxydm": CODES[0], "xk.yxqz": "x"}
    )
    asked.tables["Licence"][1].update({"jdrq": "2024-03-01+08:00", "cqyx": " 1 ", "xk.yxqz": "2024-03-01T20:00:00Z"})
    asked.tables["Incentive"][0].update({"fzs": "1_000", "tyshxydm": CODES[0]})
    asked.tables["Incentive"][1].update({"fzs": "+7.0", "tyshxydm": CODES[0]})
    columns = ("$local", "decidedOn", "longTerm", "validTo", "certificateName")
    rows = (await adapter.search(search("Licence", columns, 2))).rows
    odd = Unreadable.VALUE
    assert rows[0] == ("L00001", odd, odd, odd, "卫生许可证")
    assert rows[1][:4] == ("L00002", "2024-03-01", True, "2024-03-02")
    found = await adapter.fetch(lookup("Incentive", (LOCAL, "minutesSaved"), CODES[:1]))
    assert found.rows[:2] == [("J0001", odd), ("J0002", 7)]
    asked.fail(Fault.WRONG_CELLS, 1)
    rows = (await adapter.fetch(ask(columns=("uscc", "name", "status"), keys=CODES[3:4]))).rows
    assert rows == [(CODES[3], odd, odd)]


async def test_a_mandatory_element_that_is_missing_is_unreadable(opened):
    """What the WSDL says is always there is unreadable where it lacks; what may lack has no value."""
    adapter, asked = await opened()
    for column, value in ("mc", Unreadable.VALUE), ("jyfw", None):
        asked.lost = column
        asked.fail(Fault.NO_FIELD)
        rows = await adapter.fetch(ask(columns=("uscc", "name" if column == "mc" else "businessScope")))
        assert {row[1] for row in rows.rows} == {value}
    asked.lost = "id"
    with pytest.raises(SourceBadData, match="no readable"):
        await adapter.fetch(ask())


@pytest.mark.parametrize(
    ("style", "fault"), [("joined", Fault.SMALL_PAGES), ("joined", Fault.NO_TOTAL), ("signed", Fault.SAME_PAGE)]
)
async def test_pages_that_contradict_themselves_are_bad_data(opened, style, fault):
    """Smaller pages than asked, no total, the same page again: rows are never lost or read forever."""
    adapter, asked = await opened(style)
    asked.fail(fault)
    with pytest.raises(SourceBadData):
        await adapter.fetch(lookup("Licence", (LOCAL,), CODES))


async def test_rows_out_of_order_and_forgotten_positions_are_bad_data(opened):
    """A service that forgets the order, or the position to go on after, is found out."""
    adapter, asked = await opened()
    first = await adapter.search(search("Entity", (LOCAL,), 9))
    asked.deaf = True
    with pytest.raises(SourceBadData):
        await adapter.search(search("Entity", (LOCAL,), 9, after=first.rows[-1]))
    asked.fail(Fault.UNORDERED)
    with pytest.raises(SourceBadData):
        await adapter.search(search("Entity", (LOCAL,), 9, order=(OrderKey("name"),)))


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.DRIP])
async def test_the_deadline_closes_what_is_under_way(opened, fault):
    """At the deadline connections are closed, no thread waits for the source, and other calls go on meanwhile."""
    adapter, asked = await opened("single")
    await adapter.fetch(ask())
    asked.fail(fault)
    with pytest.raises(SourceTimeout):
        await adapter.fetch(ask(0.3, keys=CODES[:40]))
    asked.fail(None)
    assert (await adapter.fetch(ask(5))).rows
    assert asked.busiest <= 8
    assert len([thread for thread in threading.enumerate() if thread.name.startswith("soap-register")]) <= 4


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
    asked.fail(None)
    assert (await adapter.fetch(ask())).rows
    assert asked.dropped


async def test_nobody_listens_and_then_somebody_does(opened):
    """A service that is restarted is found again, also on a connection that was kept open, without a failed call."""
    for style in STYLES:
        adapter, asked = await opened(style)
        before = await adapter.fetch(ask())
        await asked.stop()
        for call in adapter.fetch(ask()), adapter.check():
            with pytest.raises(SourceDown) as raised:
                await call
            check_silence(raised.value)
        await asked.start()
        assert await adapter.fetch(ask()) == before
        await adapter.check()


@pytest.mark.parametrize(("after", "requests"), [("0", 3), ("30", 1), ("Fri, 31 Dec 2027 00:00:00 GMT", 1)])
async def test_a_busy_service_is_asked_again_within_the_deadline_only(opened, after, requests):
    """`Retry-After` is waited for if the deadline allows, a few times, and never slept beyond it."""
    adapter, asked = await opened("signed")
    asked.retry_after = after
    asked.fail(Fault.BUSY, requests - 1 if after == "0" else -1)
    if after == "0":
        assert (await adapter.fetch(ask(5))).rows
        assert asked.turned == 2
    else:
        with pytest.raises(SourceDown) as raised:
            await adapter.fetch(ask(5))
        assert raised.value.retryable
        assert asked.turned == 1


async def test_a_check_may_ask_a_real_question(opened):
    """With `check_key` a check finds out what a mere answer does not show: a failing operation, refused credentials."""
    adapter, asked = await opened("signed", check_key=CODES[0])
    await adapter.check()
    assert asked.seen[0].keys == (CODES[0],)
    asked.wants = "text"
    with pytest.raises(SourceDown, match="credentials"):
        await adapter.check()
    plain, other = await opened("signed")
    other.wants = "text"
    await plain.check()
    assert not other.seen
    for fault, expected in (Fault.DENIED, SourceDown), (Fault.SLOW, SourceTimeout):
        other.fail(fault)
        with pytest.raises(expected):
            await plain.check()


async def test_certificates_are_checked(catalogue, tmp_path):
    """A service whose certificate nobody vouches for is down; with its authority's file it answers."""
    tls = issue(tmp_path)
    asked = service("batch")
    await asked.start(tls)
    stranger = soap.open_source(options(asked), catalogue)
    friend = soap.open_source(options(asked, ca_file=str(tmp_path / "ca.pem")), catalogue)
    with pytest.raises(SourceDown, match="certificate is not trusted") as raised:
        await stranger.fetch(ask())
    check_silence(raised.value)
    assert (await friend.fetch(ask())).rows
    for adapter in stranger, friend:
        await adapter.aclose()
    await asked.stop()


async def test_a_success_that_is_not_said_is_not_asked_for(opened):
    """Without `success` an answer that says nothing of it is an answer."""
    adapter, asked = await opened(success=None, record=[record(MAPPINGS[0], "batch")])
    asked.fail(Fault.NO_CODE)
    assert (await adapter.fetch(ask())).rows
