"""The queue of reviews, one with both sides beside each other, successions and keys."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.console.entities import typed_entities, typed_entity
from hub.console.identities import likely
from hub.console.marking import marked
from tests.acts.hall import BAKERY, GRAIN
from tests.crosswalk.registry import MARKET, ONE, TWO, Registry, code
from tests.crosswalk.test_reviews import GIVES, queueing

QUEUE = "/console/identities"


@pytest.fixture
async def queued(cabin):
    """Number of a review that waits, of which a steward of the register and the market's know."""
    made = await Registry(cabin.bureau).do(MARKET, queueing(), GIVES)
    return made["review"]["number"]


def text_of(page):
    """What is read of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


async def test_both_sides_stand_beside_each_other_with_what_differs_marked(cabin, queued):
    """Character by character, with words for who cannot see it; only those who may read them see values."""
    found = (await cabin.seat(ONE).get(f"{QUEUE}/{queued}")).text
    differing = found.partition('<tr data-state="DIFFERS">')[2].partition("</tr>")[0]
    assert (
        '91231282MA9X0A019<mark><span class="hidden-text">（不同：</span>Q<span class="hidden-text">）</span></mark>'
        in differing
    )
    assert "第 18 位不同" in differing
    assert '<tr data-state="OTHERWISE">' in found
    assert "83%" in found
    audited = text_of((await cabin.seat("auditor").get(f"{QUEUE}/{queued}")).text)
    assert "丰收米业" not in audited
    assert "不予显示" in audited
    assert "您只能查看" in audited


async def test_two_people_join_a_pair_on_its_page_and_two_undo_it(cabin, queued):
    """The first is told that another one has to agree and has no such button any more; the second makes it so."""
    page, market, one, two = f"{QUEUE}/{queued}", cabin.seat(MARKET), cabin.seat(ONE), cabin.seat(TWO)
    assert (await market.post(page, act="same", note="电话核实")).status_code == 303
    first = (await market.get(page)).text
    assert "须由另一人确认" in first
    assert 'value="same"' not in first
    assert page not in (await market.get("/console")).text
    home = (await one.get("/console")).text
    assert page in home
    assert "待您确认" in home
    assert "我也认定为同一" in (await one.get(page)).text
    assert (await one.post(page, act="same", note="核对执照")).status_code == 303
    done = (await one.get(page)).text
    (succession,) = set(re.findall(r"/console/identities/successions/(S-[\d-]+)", done))
    keys = text_of((await market.get(f"{QUEUE}/keys?local=SJ-9")).text)
    assert GRAIN in keys
    there = f"{QUEUE}/successions/{succession}"
    assert (await one.post(there, act="undo", reason="认定有误")).status_code == 303
    assert "您已参与" in (await one.get(there)).text
    assert (await two.post(there, act="undo", reason="认定有误")).status_code == 303
    assert "已撤销" in (await two.get(there)).text
    assert "没有您能看到的对应" in (await market.get(f"{QUEUE}/keys?local=SJ-9")).text


async def test_who_cannot_tell_says_what_is_lacking(cabin, queued):
    """It waits on, and the next one reads it; without a word it is not taken, and what was written stays."""
    page, market = f"{QUEUE}/{queued}", cabin.seat(MARKET)
    refused = await market.post(page, act="unsure", note="")
    assert refused.status_code == 400
    assert 'href="#note"' in refused.text
    assert (await market.post(page, act="unsure", note="缺现场照片")).status_code == 303
    assert "缺现场照片" in (await cabin.seat(ONE).get(page)).text
    kept = await market.post(page, act="different", note="核实\u0007过")
    assert kept.status_code == 400
    assert "核实" in kept.text.partition('name="note"')[2]
    assert (await market.post(page, act="merge", note="x")).status_code == 400
    assert (await market.post(page, act="different", note="两块门牌")).status_code == 303
    assert queued not in (await market.get(QUEUE)).text
    assert queued in (await market.get(f"{QUEUE}?state=DISTINCT")).text
    assert queued in (await market.get(f"{QUEUE}?state=ALL&cause=POSSIBLE&order=LIKELIEST")).text
    assert queued not in (await market.get(f"{QUEUE}?state=ALL&cause=CONFLICT")).text


async def test_nobody_decides_whose_matter_it_is_not(cabin, queued):
    """Others are told that there is none; audit looks, and is given no form; without the office there is no section."""
    page = f"{QUEUE}/{queued}"
    assert (await cabin.seat("steward-health").get(page)).status_code == 404
    assert (await cabin.seat("steward-health").get(f"{QUEUE}/V-1")).status_code == 404
    assert 'name="act"' not in (await cabin.seat("auditor").get(page)).text
    assert f'href="{QUEUE}"' not in (await cabin.seat("clerk").get("/console")).text
    refused = await cabin.seat("clerk").get(page)
    assert (refused.status_code, "您的岗位没有这一页" in refused.text) == (403, True)


async def test_a_succession_is_proposed_by_its_form_and_confirmed_by_another(cabin):
    """What is wrong with it is said, and what was filled in is kept; the same person is not offered to confirm."""
    address, one, two = f"{QUEUE}/successions", cabin.seat(ONE), cabin.seat(TWO)
    told = {
        "kind": "MERGED",
        "before": BAKERY,
        "after": GRAIN,
        "effectiveOn": "2026-11-01",
        "reason": "登记机关核准合并",
    }
    refused = await one.post(address, **told | {"after": ""})
    assert refused.status_code == 400
    assert "登记机关核准合并" in refused.text
    wrong = await one.post(address, **told | {"kind": "SPLIT", "moves": "market SJ-1"})
    assert "market SJ-1" in wrong.text
    assert wrong.status_code == 400
    made = await one.post(address, **told)
    assert made.status_code == 303, made.text
    there = made.headers["location"]
    shown = (await one.get(there)).text
    assert 'value="confirm"' not in shown
    assert "撤回我提出的" in shown
    assert there in (await two.get("/console")).text
    assert (await two.post(there, act="confirm")).status_code == 303
    assert "已确认" in (await two.get(f"{address}?state=CONFIRMED")).text
    assert (await one.get(f"{address}/S-1")).status_code == 404


async def test_a_succession_is_refused_by_its_button(cabin):
    """Once only."""
    number = await Registry(cabin.bureau).proposed("MERGED", code(BAKERY), code(GRAIN))
    page, two = f"{QUEUE}/successions/{number}", cabin.seat(TWO)
    assert (await two.post(page, act="refuse")).status_code == 303
    assert (await two.post(page, act="refuse")).status_code == 400


async def test_a_key_is_linked_and_found_by_its_entity(cabin):
    """For one's own department; a share that is no number is refused with its field."""
    address, market = f"{QUEUE}/keys", cabin.seat(MARKET)
    told = {"linked": "SJ-0007", "stands_for": GRAIN, "evidence": "档案编号与执照一致", "confidence": "0.97"}
    refused = await market.post(address, **told | {"confidence": "sure"})
    assert refused.status_code == 400
    assert "SJ-0007" in refused.text
    assert (await market.post(address, **told)).status_code == 200
    assert "SJ-0007" in (await market.get(f"{address}?entity={GRAIN}")).text
    other = (await cabin.seat("steward-health").get(f"{address}?entity={GRAIN}")).text
    assert "SJ-0007" not in other
    assert (await market.get(f"{address}?entity=nobody")).status_code == 400


@given(st.text(max_size=40), st.text(max_size=40))
def test_marked_texts_are_what_they_were(left, right):
    """Put together again nothing is lost; only texts that are the same have nothing marked."""
    mine, theirs = marked(left, right)
    assert "".join(text for text, _ in mine) == left
    assert "".join(text for text, _ in theirs) == right
    assert any(differs for _, differs in (*mine, *theirs)) == (left != right)


def test_a_single_character_between_two_differences_is_marked_with_them():
    """A mark with holes is harder to read than one without."""
    assert marked("甲1乙2丙", "甲3乙4丙")[0] == [("甲", False), ("1乙2", True), ("丙", False)]


@pytest.mark.parametrize(
    ("probability", "share", "words"),
    [
        (1.0, 100, "几乎可以认为同一"),
        (0.999, 99, "几乎可以认为同一"),
        (0.5, 50, "可能同一"),
        (0.0, 0, "几乎不可能同一"),
    ],
)
def test_a_probability_is_never_said_to_be_more_than_it_is(probability, share, words):
    """Rounded down: what is not certain is not called so."""
    found, said = likely(probability)
    assert (found, said[0]) == (share, words)


def test_an_entity_is_known_by_how_it_is_written():
    """Blanks inside are none of it."""
    assert typed_entity("9123 1282 MA9X 0A01 9P") == {"uscc": GRAIN}
    assert typed_entity("231282600000017") == {"regNo15": "231282600000017"}
    assert typed_entities(f"{GRAIN}\n\n abc ") == [{"uscc": GRAIN}, {"id": "abc"}]
