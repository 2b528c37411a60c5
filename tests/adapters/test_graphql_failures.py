"""A GraphQL service that fails, whole or in part: the right error, nothing said that should not be, and no row lost."""

import asyncio
import traceback

import pytest
from pydantic import SecretStr

from adapters import graphql
from adapters.base import (
    KEY,
    LOCAL,
    Lookup,
    OrderKey,
    SourceBadData,
    SourceDown,
    SourceError,
    SourceTimeout,
    Unreadable,
)
from schema.predicate import Op, Test
from tests.adapters import rest_styles
from tests.adapters.graphql_source import API_KEY, SECRET, Fault
from tests.adapters.graphql_styles import STYLES, opener, options
from tests.adapters.rest_source import CLIENT
from tests.conformance.records import CODES
from tests.conformance.suite import lookup, search, soon

SECRETS = (API_KEY, CLIENT[1], CODES[1], SECRET, "系统异常", "127.0.0.1", "http://", "credit_code", "companies")
FAILURES = [
    (Fault.ERROR, SourceDown),
    (Fault.BUSY, SourceDown),
    (Fault.DENIED, SourceDown),
    (Fault.HANG_UP, SourceDown),
    (Fault.UNAUTHENTICATED, SourceDown),
    (Fault.UNPLACED, SourceDown),
    (Fault.MISPLACED, SourceDown),
    (Fault.SLOW, SourceTimeout),
    (Fault.LATE, SourceTimeout),
    (Fault.REFUSED, SourceBadData),
    (Fault.REDIRECT, SourceBadData),
    (Fault.HTML, SourceBadData),
    (Fault.PLAIN, SourceBadData),
    (Fault.NOT_JSON, SourceBadData),
    (Fault.HUGE, SourceBadData),
    (Fault.NOT_AN_OBJECT, SourceBadData),
    (Fault.NO_DATA, SourceBadData),
    (Fault.NULL_DATA, SourceBadData),
    (Fault.NULL_ROOT, SourceBadData),
    (Fault.NUMBERS, SourceBadData),
    (Fault.ODD_ERRORS, SourceBadData),
    (Fault.UNKNOWN, SourceBadData),
]


@pytest.fixture
async def opened(catalogue):
    """Opens sources on services of their own."""
    always = {"max_bytes": 2**20, "timeout_ms": 1000, "codes": {"QUERY_TIMED_OUT": "timeout", "ODD": "bad_data"}}
    async with opener(catalogue, **always) as open_one:
        yield open_one


def ask(seconds=20.0, columns=(KEY, LOCAL), keys=CODES[:3], **more):
    """A look-up of some codes."""
    return Lookup("Entity", columns, "uscc", tuple(keys), soon(seconds), "测试", **more)


def check_silence(error):
    """Neither the error nor its traceback say anything that is not theirs to say."""
    text = "".join((str(error), repr(error), *traceback.format_exception(error)))
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize(("fault", "expected"), FAILURES, ids=str)
@pytest.mark.parametrize("style", ["list", "below"])
async def test_each_failure_has_its_error_and_heals(opened, style, fault, expected):
    """A failing service raises the agreed error without a word of what it holds, and answers when it is well again."""
    adapter, asked = await opened(style)
    before = await adapter.fetch(ask())
    asked.fail(fault)
    with pytest.raises(expected) as raised:
        await adapter.fetch(ask(0.4 if fault is Fault.SLOW else 20))
    check_silence(raised.value)
    asked.fail(None)
    assert await adapter.fetch(ask()) == before


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("field", "column"), [("full_name", 1), ("legal_person", 1), ("former_names", 2)])
async def test_an_error_of_a_field_costs_its_cell_alone(opened, style, field, column):
    """A field that failed is unreadable in its own row and place; its row, its neighbours and other rows are whole."""
    adapter, asked = await opened(style)
    columns = ("name", "legalRepresentative", "formerNames", "uscc")
    before = dict(zip(CODES, (await adapter.fetch(ask(columns=columns, keys=CODES[:9]))).rows, strict=False))
    asked.broken = {field: "ODD"}
    asked.broken_at = CODES[4] if field != "full_name" else None
    rows = (await adapter.fetch(ask(columns=columns, keys=CODES[:9]))).rows
    assert len(rows) == len(before)
    for row in rows:
        whole = next(held for held in before.values() if held[3] == row[3])
        spoilt = whole[column] is not None if field == "full_name" else row[3] == CODES[4]
        assert row == (tuple(Unreadable.VALUE if n == column else v for n, v in enumerate(whole)) if spoilt else whole)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("field", ["id", "state"])
async def test_an_error_that_costs_a_row_is_no_missing_row(opened, style, field):
    """Where an error takes a row away, or what a row is told apart or filtered by, the call fails as a whole."""
    adapter, asked = await opened(style)
    asked.broken = {field: "INTERNAL_SERVER_ERROR"}
    asked.broken_at = CODES[4]
    where = Test("status", Op.EQ, "ACTIVE")
    with pytest.raises(SourceDown, match="INTERNAL_SERVER_ERROR") as raised:
        await adapter.fetch(ask(keys=CODES[:9], where=where))
    check_silence(raised.value)
    assert len((await adapter.fetch(ask(keys=CODES[:3]))).rows) == 3


@pytest.mark.parametrize("style", sorted(set(STYLES) - {"bare"}))
async def test_a_row_whose_key_failed_is_nobody_s_row(opened, style):
    """Where the key of a row cannot be told, no key's rows are complete."""
    adapter, asked = await opened(style)
    asked.broken = {"credit_code": None}
    with pytest.raises(SourceDown, match="reports an error"):
        await adapter.fetch(ask())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("FORBIDDEN", SourceDown),
        ("ODD", SourceBadData),
        ("TIMEOUT", SourceTimeout),
        ("?", SourceDown),
        (None, SourceDown),
    ],
)
async def test_an_error_of_what_was_asked_is_never_no_rows(opened, code, expected):
    """A null that an error has left where the rows should be fails the call, as its code says."""
    for style, field in ("list", "companies"), ("aliased", "company"), ("below", "registry"), ("below", "holders"):
        adapter, asked = await opened(style)
        asked.broken = {field: code}
        with pytest.raises(expected) as raised:
            await adapter.fetch(ask())
        check_silence(raised.value)


async def test_an_error_below_an_object_is_never_no_rows(opened):
    """Neither is one on the way from an object to its rows, however deep."""
    adapter, asked = await opened("below")
    for field in "permits", "edges", "node", "has_next_page":
        asked.broken = {field: "FORBIDDEN"}
        with pytest.raises(SourceDown):
            await adapter.fetch(lookup("Licence", (LOCAL,), CODES[:9]))


async def test_an_alias_that_failed_fails_the_call(opened):
    """One key without an answer makes the answer incomplete; no rows are given for the others alone."""
    adapter, asked = await opened("bare")
    asked.broken = {"id": "FORBIDDEN"}
    asked.broken_at = CODES[4]
    assert len((await adapter.fetch(ask(keys=CODES[:4]))).rows) == 4
    with pytest.raises(SourceDown):
        await adapter.fetch(ask(keys=CODES[:6], columns=(LOCAL,)))


async def test_no_row_is_passed_over_in_an_order(opened):
    """A row whose place in an order is unknown would be skipped by the next window: the search fails."""
    adapter, asked = await opened()
    asked.broken = {"name": "FORBIDDEN"}
    with pytest.raises(SourceDown):
        await adapter.search(search("Entity", (LOCAL,), 9, order=(OrderKey("name"),)))
    rows = await adapter.search(search("Entity", (LOCAL, "name"), 9))
    assert {row[1] for row in rows.rows} == {Unreadable.VALUE}


async def test_a_count_that_failed_is_no_number(opened):
    """A total that an error has emptied fails the count."""
    adapter, asked = await opened()
    asked.broken = {"total_count": "TIMEOUT"}
    with pytest.raises(SourceTimeout):
        await adapter.count(search("Entity", ()))


@pytest.mark.parametrize("fault", [Fault.SAME_CURSOR, Fault.NO_CURSOR])
async def test_pages_that_contradict_themselves_are_bad_data(opened, fault):
    """The same cursor again, or none where there is more: rows are never lost or read forever."""
    for style in "relay", "pages":
        adapter, asked = await opened(style)
        asked.fail(fault)
        with pytest.raises(SourceBadData):
            await adapter.fetch(lookup("Licence", (LOCAL,), CODES))


async def test_rows_out_of_order_are_bad_data(opened):
    """A service that forgets its order, or the position after which rows are wanted, is found out."""
    adapter, asked = await opened()
    first = await adapter.search(search("Entity", (LOCAL,), 9))
    for fault, after in (Fault.UNORDERED, None), (Fault.DEAF, first.rows[-1]):
        asked.fail(fault)
        with pytest.raises(SourceBadData):
            await adapter.search(search("Entity", (LOCAL,), 9, after=after))


async def test_a_slow_answer_ends_at_the_deadline(opened):
    """The deadline holds for all requests of a call together."""
    adapter, asked = await opened("aliased")
    asked.fail(Fault.SLOW)
    started = soon(0)
    with pytest.raises(SourceTimeout):
        await adapter.fetch(ask(0.3, keys=CODES))
    assert soon(0) - started < 2
    assert asked.busiest <= 4


async def test_nobody_listens_and_then_somebody_does(opened):
    """A service that is restarted is found again, also on a connection that was kept open, without a failed call."""
    adapter, asked = await opened()
    before = await adapter.fetch(ask())
    await asked.stop()
    with pytest.raises(SourceDown) as raised:
        await adapter.fetch(ask())
    check_silence(raised.value)
    with pytest.raises(SourceDown):
        await adapter.check()
    await asked.start()
    assert await adapter.fetch(ask()) == before


async def test_a_failing_source_costs_no_other(opened):
    """While one service hangs or talks nonsense, another gives all its rows."""
    good, _ = await opened("list")
    bad, asked = await opened("aliased")
    before = await good.fetch(ask())
    for fault in Fault.SLOW, Fault.HUGE, Fault.HANG_UP:
        asked.fail(fault)
        found = await asyncio.gather(bad.fetch(ask(0.4)), good.fetch(ask()), return_exceptions=True)
        assert isinstance(found[0], SourceError)
        assert found[1] == before


async def test_check_asks_the_health_query(opened):
    """What is asked to see whether the service answers is configured, and an error in it is a failure."""
    adapter, asked = await opened()
    await adapter.check()
    other, elsewhere = await opened(health="{ registry { __typename } }")
    await other.check()
    assert [seen.text for seen in (*asked.seen, *elsewhere.seen)] == ["{ __typename }", "{ registry { __typename } }"]
    elsewhere.broken = {"registry": "FORBIDDEN"}
    with pytest.raises(SourceDown):
        await other.check()
    asked.fail(Fault.LATE)
    with pytest.raises(SourceTimeout):
        await adapter.check()


async def test_credentials_that_are_wrong_are_told(catalogue, opened):
    """Without its key the service is down, and says why in a body that is not repeated."""
    _, asked = await opened("aliased")
    wrong = options(asked, "aliased", auth={"way": "key", "header": "X-Api-Key", "key": SecretStr("other")})
    adapter = graphql.open_source(wrong, catalogue)
    with pytest.raises(SourceDown, match="UNAUTHENTICATED") as raised:
        await adapter.fetch(ask())
    check_silence(raised.value)
    await adapter.aclose()


async def test_a_token_refused_inside_success_is_replaced(catalogue, opened):
    """A token that the service refuses with HTTP 200 is replaced once; a second refusal is final, a field's is its own."""
    async with rest_styles.opener(catalogue) as open_rest:
        _, issuer = await open_rest("cursor")
        _, asked = await opened()
        asked.bearers = issuer.tokens
        client, secret = CLIENT
        given = {"client_id": client, "client_secret": SecretStr(secret), "token_url": f"{issuer.url}/token"}
        adapter = graphql.open_source(options(asked, auth={"way": "client_credentials", **given}), catalogue)
        assert (await adapter.fetch(ask())).rows
        asked.revoked.update(issuer.tokens)
        assert (await adapter.fetch(ask())).rows
        assert len(issuer.tokens) == 2
        asked.broken = {"full_name": "UNAUTHENTICATED"}
        rows = await adapter.fetch(ask(columns=("legalRepresentative",)))
        assert Unreadable.VALUE in {row[0] for row in rows.rows}
        assert len(issuer.tokens) == 2
        asked.bearers = []
        with pytest.raises(SourceDown, match="UNAUTHENTICATED"):
            await adapter.fetch(ask())
        assert len(issuer.tokens) == 3
        await adapter.aclose()


async def test_a_busy_service_is_asked_again(opened):
    """`Retry-After` is honoured as with every source over HTTP."""
    adapter, asked = await opened()
    asked.fail(Fault.BUSY, 2)
    assert (await adapter.fetch(ask())).rows
    assert len(asked.seen) == 1
