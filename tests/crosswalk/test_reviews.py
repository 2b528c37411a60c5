"""Pairs that somebody looks at: differences are marked, joining takes two people and can be undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.differing import FIELDS, compare
from hub.identity.reviews import MOST_DOUBTS
from schema.identity_enums import DifferenceState
from tests.acts.hall import BAKERY, GRAIN
from tests.crosswalk.registry import LINK, MARKET, ONE, REVIEW, TWO, code

LEFT = '{ name: "肇东市丰收米业(有限)公司", address: "正阳大街１号", uscc: "91231282MA9X0A019Q" }'
RIGHT = f'{{ name: "肇东市丰收米业（有限）公司", uscc: "{GRAIN}", status: "存续" }}'
GIVES = f"queued review {REVIEW}"


def queueing(key="SJ-9", more="", entity=GRAIN, cause="POSSIBLE"):
    """A pair that is queued."""
    told = f'cause: {cause}, key: "{key}", entity: {code(entity)}, left: {LEFT}, right: {RIGHT}'
    return f'queueReview(pair: {{ {told}, probability: 0.83, reasons: ["名称一致"]{more} }})'


def deciding(number, same="true"):
    """A decision."""
    return f'decideReview(number: "{number}", same: {same}, note: "电话核实")'


async def queued(registry, **given):
    """Number of a review."""
    return (await registry.do(MARKET, queueing(**given), GIVES))["review"]["number"]


async def test_both_sides_are_shown_with_their_differences(registry):
    """Each field says how it compares and why; the pair is queued once; its text is nowhere in clear."""
    made = await registry.do(MARKET, queueing(), GIVES)
    assert made["queued"]
    review = made["review"]
    found = {one["field"]: (one["state"], one["reason"]) for one in review["differences"]}
    assert found == {
        "name": ("SAME", "仅写法不同（全半角、空格、括号、繁简、数字）"),
        "uscc": ("DIFFERS", "第 18 位不同"),
        "address": ("ONLY_LEFT", "另一方没有此项"),
        "status": ("ONLY_RIGHT", "另一方没有此项"),
    }
    assert (review["state"], review["probability"], review["key"]) == ("OPEN", 0.83, "SJ-9")
    assert review["reasons"][0] == "名称一致"
    assert len(review["reasons"]) > 1
    again = await registry.do(MARKET, queueing(), GIVES)
    assert (again["queued"], again["review"]["number"]) == (False, review["number"])
    (seen,) = await registry.read(ONE, f"identityReviews(state: OPEN) {REVIEW}")
    assert (seen["number"], seen["key"]) == (review["number"], None)
    assert await registry.read("steward-health", f"identityReviews {REVIEW}") == []
    assert "丰收米业" not in str(registry.bureau.hall.rows("SELECT body FROM identity_reviews"))


async def test_joining_takes_two_and_is_undone_completely(registry):
    """Who proposes does not confirm, and a register's steward is one of both; undone, the key stands for nothing again."""
    before = registry.state()
    number = await queued(registry)
    proposed = (await registry.do(MARKET, deciding(number), GIVES))["review"]
    assert proposed["state"] == "PROPOSED"
    assert registry.state() == before
    assert await registry.refused(MARKET, deciding(number)) == "SECOND_PERSON_REQUIRED"
    joined = (await registry.do(ONE, deciding(number), GIVES))["review"]
    assert joined["state"] == "JOINED"
    (link,) = await registry.read(MARKET, f'crosswalk(key: "SJ-9") {LINK}')
    accounts = registry.bureau.hall.accounts
    assert (link["entity"]["value"], link["method"], link["confidence"]) == (GRAIN, "REVIEWED", 0.83)
    assert (link["decidedBy"], link["confirmedBy"]) == (accounts[MARKET].id, accounts[ONE].id)
    assert number in link["evidence"]
    await registry.undone(joined["succession"])
    assert registry.state() == before
    assert await registry.read(MARKET, f'crosswalk(key: "SJ-9") {LINK}') == []
    (open_,) = await registry.read(ONE, f"identityReviews(state: OPEN) {REVIEW}")
    assert open_["number"] == number


async def test_joining_merges_the_entity_of_the_records_own_code(small):
    """A conflict of two codes: the one of the record redirects from then on."""
    number = await queued(small, more=f", own: {code(BAKERY)}", cause="CONFLICT")
    assert await small.refused(MARKET, deciding(number)) == "REGISTRAR_REQUIRED"
    (seen,) = await small.read("auditor", f"identityReviews {REVIEW}")
    assert {one["left"] for one in seen["differences"]} == {None}
    assert seen["key"] is None
    for name in (TWO, ONE):
        await small.do(name, deciding(number), GIVES)
    body = (
        await small.bureau.hall.ask(small.bureau.someone("clerk"), f'{{ entity(uscc: "{BAKERY}") {{ uscc }} }}', None)
    ).json()
    assert body["data"]["entity"]["uscc"] == GRAIN


async def test_one_person_says_that_they_differ(small):
    """Then the review is over; others do not deal with it, nor queue for somebody else's department."""
    number = await queued(small)
    assert await small.refused("steward-health", deciding(number)) == "REVIEW_NOT_FOUND"
    done = (await small.do(MARKET, deciding(number, "false"), GIVES))["review"]
    assert done["state"] == "DISTINCT"
    assert await small.refused(ONE, deciding(number)) == "REVIEW_STATE"
    assert await small.refused("steward-health", queueing(more=', department: "market"')) == "REGISTRAR_REQUIRED"
    assert small.state() == [[], []]


async def test_who_cannot_tell_leaves_word_and_it_waits_on(small):
    """What is lacking stands for the next person; neither state nor proposal is touched, and audit reads no word of it."""
    number = await queued(small)
    doubting = f'deferReview(number: "{number}", note: "缺现场照片")'
    gives = "review { state proposedBy note doubts { by note } }"
    accounts = small.bureau.hall.accounts
    once = (await small.do(MARKET, doubting, gives))["review"]
    assert once == {
        "state": "OPEN",
        "proposedBy": None,
        "note": None,
        "doubts": [{"by": accounts[MARKET].id, "note": "缺现场照片"}],
    }
    assert await small.refused("steward-health", doubting) == "REVIEW_NOT_FOUND"
    await small.do(MARKET, deciding(number), GIVES)
    twice = (await small.do(ONE, doubting, gives))["review"]
    assert (twice["state"], twice["proposedBy"], twice["note"]) == ("PROPOSED", accounts[MARKET].id, "电话核实")
    assert [one["by"] for one in twice["doubts"]] == [accounts[MARKET].id, accounts[ONE].id]
    seen = await small.read("auditor", f'identityReview(number: "{number}") {{ doubts {{ by note }} }}')
    assert {one["note"] for one in seen["doubts"]} == {None}
    outcomes = [entry["outcome"] for entry in small.bureau.hall.acts("REVIEW_DECIDED")]
    assert outcomes == ["UNSURE", "WAITING", "UNSURE"]
    await small.do(MARKET, deciding(number, "false"), GIVES)
    assert await small.refused(ONE, doubting) == "REVIEW_STATE"


async def test_of_many_doubts_the_last_are_kept(small):
    """As many as a page can show; each is an entry of the record."""
    number = await queued(small)
    for place in range(MOST_DOUBTS + 1):
        await small.do(MARKET, f'deferReview(number: "{number}", note: "第 {place} 次")', "review { number }")
    found = await small.read(ONE, f'identityReview(number: "{number}") {{ doubts {{ note }} }}')
    assert [one["note"] for one in found["doubts"]] == [f"第 {place} 次" for place in range(1, MOST_DOUBTS + 1)]


async def test_the_queue_is_read_in_order_and_in_pages(registry):
    """The longest waiting or the likeliest first, of one cause, or only what waits; no row is given twice, none is left out."""
    numbers = []
    for place, (cause, share) in enumerate(
        (("POSSIBLE", 0.3), ("CONFLICT", 0.9), ("POSSIBLE", 0.9), ("POSSIBLE", 0.5))
    ):
        pair = queueing(key=f"SJ-{place}", cause=cause).replace("probability: 0.83", f"probability: {share}")
        numbers.append((await registry.do(MARKET, pair, GIVES))["review"]["number"])
    one, two, three, four = numbers

    async def paged(arguments):
        found, after = [], ""
        while page := await registry.read(ONE, f"identityReviews({arguments}, first: 2{after}) {{ number }}"):
            found += [row["number"] for row in page]
            after = f', after: "{found[-1]}"'
        return found

    assert await paged("order: OLDEST") == [one, two, three, four]
    assert await paged("order: NEWEST") == [four, three, two, one]
    assert await paged("order: LIKELIEST") == [three, two, four, one]
    assert await paged("order: LIKELIEST, cause: POSSIBLE") == [three, four, one]
    await registry.do(MARKET, deciding(two, "false"), GIVES)
    await registry.do(MARKET, deciding(three), GIVES)
    assert await paged("waiting: true, order: OLDEST") == [one, three, four]
    assert await registry.read("steward-health", f'identityReview(number: "{one}") {{ number }}') is None
    assert await registry.read(ONE, 'identityReview(number: "V-1900-00001") { number }') is None


@pytest.mark.parametrize(
    ("field", "left", "right", "state", "why"),
    [
        ("name", "A", "A", DifferenceState.SAME, "写法相同"),
        ("name", "甲 公司（东）", "甲公司（东）", DifferenceState.SAME, "仅写法不同（全半角、空格、括号、繁简、数字）"),
        ("name", "丰收一店", "丰收二店", DifferenceState.DIFFERS, "“1”与“2”不同"),
        ("name", "丰收", "肇东丰收", DifferenceState.DIFFERS, "一方多出“肇东…”"),
        (
            "uscc",
            "91231282ma9x0a019p",
            "9123 1282 MA9X 0A01 9P",
            DifferenceState.SAME,
            "仅写法不同（全半角、空格、括号、繁简、数字）",
        ),
        ("orgCode", "12345678-9", "123456780", DifferenceState.DIFFERS, "第 9 位不同"),
        ("orgCode", "12345678", "123456780", DifferenceState.DIFFERS, "位数不同（8 与 9）"),
    ],
)
def test_why_two_values_differ(field, left, right, state, why):
    """What is only written otherwise is the same; what differs is shown."""
    (found,) = compare({field: left}, {field: right})
    assert (found.state, found.zh) == (state, why)


@given(
    st.dictionaries(st.sampled_from(FIELDS), st.text(min_size=1, max_size=12)),
    st.dictionaries(st.sampled_from(FIELDS), st.text(min_size=1, max_size=12)),
)
def test_both_sides_compare_alike_from_either_side(left, right):
    """Every field of either side is there, once, with what was written; the other way round nothing but sides changes."""
    there, back = compare(left, right), compare(right, left)
    assert [one.field for one in there] == [name for name in FIELDS if name in {*left, *right}]
    assert [(one.left, one.right) for one in there] == [(left.get(one.field), right.get(one.field)) for one in there]
    swapped = {
        DifferenceState.ONLY_LEFT: DifferenceState.ONLY_RIGHT,
        DifferenceState.ONLY_RIGHT: DifferenceState.ONLY_LEFT,
    }
    assert [one.state for one in back] == [swapped.get(one.state, one.state) for one in there]
