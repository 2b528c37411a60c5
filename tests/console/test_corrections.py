"""Corrections: the list of each role, one page with both values, answering and taking back."""

import re

import pytest

from tests.acts.hall import GRAIN
from tests.console.cabin import CONSOLE, Cabin
from tests.crosswalk.ledger import with_ledger
from tests.crosswalk.registry import MARKET, ONE, TWO, Registry
from tests.crosswalk.test_corrections import GIVES, raising
from tests.exchange.bureau import open_bureau

LIST = "/console/corrections"
TOLD = {"entity": GRAIN, "field": "Entity.name", "stated": "肇东市金穗食品集团", "evidence": "营业执照正本"}


@pytest.fixture
async def two_sources(tmp_path):
    """A console before two sources of entities that do not agree."""
    async with open_bureau(tmp_path, lambda written: with_ledger(written) + CONSOLE) as bureau:
        yield Cabin(bureau)


async def test_a_correction_is_raised_seen_with_its_clock_and_answered(cabin):
    """Its owner finds it on their home page and in their list; whoever raised it reads the answer."""
    clerk, owner = cabin.seat("clerk"), cabin.seat(ONE)
    made = await clerk.post(LIST, **TOLD)
    assert made.status_code == 303, made.text
    page = made.headers["location"]
    assert page in (await owner.get("/console")).text
    assert page in (await owner.get(LIST)).text
    assert "剩 10 个工作日" in (await owner.get(LIST)).text
    assert page not in (await cabin.seat(MARKET).get(f"{LIST}?view=ALL")).text
    kept = await owner.post(page, act="answer", outcome="CORRECTED", note="核\u0007对")
    assert kept.status_code == 400
    assert 'value="CORRECTED" required checked' in kept.text
    assert (await owner.post(page, act="answer", note="已核对")).status_code == 400
    assert (await owner.post(page, act="answer", outcome="CONFIRMED", note="已核对档案")).status_code == 303
    read = (await clerk.get(page)).text
    assert "核实无误" in read
    assert "已核对档案" in read
    assert page not in (await owner.get(LIST)).text
    assert page in (await owner.get(f"{LIST}?view=ALL&state=CONFIRMED")).text
    audited = (await cabin.seat("auditor").get(page)).text
    assert "肇东市金穗食品集团" not in audited
    assert "已核对档案" not in audited


async def test_what_is_refused_is_kept_in_the_form(cabin):
    """The sentence of the gateway on top; nothing has to be typed again."""
    refused = await cabin.seat("clerk").post(LIST, **TOLD | {"field": "Entity.nothing"})
    assert refused.status_code == 400
    assert "肇东市金穗食品集团" in refused.text
    assert '<details class="card" open>' in refused.text
    linked = (await cabin.seat("clerk").get(f"{LIST}?entity={GRAIN}&field=Entity.name")).text
    assert f'value="{GRAIN}"' in linked


async def test_nobody_answers_what_they_raised_and_takes_it_back(cabin):
    """They are told who may; a colleague answers."""
    number = (await Registry(cabin.bureau).do(ONE, raising(), GIVES))["correction"]["number"]
    page, one, two = f"{LIST}/{number}", cabin.seat(ONE), cabin.seat(TWO)
    shown = (await one.get(page)).text
    assert "须由本部门另一人答复" in shown
    assert 'value="answer"' not in shown
    assert (await one.post(page, act="answer", outcome="CONFIRMED", note="x")).status_code == 400
    assert 'value="answer"' in (await two.get(page)).text
    assert (await one.post(page, act="withdraw")).status_code == 303
    assert "已撤回" in (await two.get(page)).text
    assert (await cabin.seat("second-clerk").get(page)).status_code == 404
    assert (await one.get(f"{LIST}/J-1")).status_code == 404
    assert (await one.post(page, act="delete")).status_code == 400


async def test_both_values_stand_there_with_their_sources(two_sources):
    """Those one may read; of another department's that is not public, that it differs."""
    hall = two_sources.bureau.hall
    await hall.ask(None, f'{{ entity(uscc: "{GRAIN}") {{ name legalRepresentative }} }}', None)
    assert await hall.world.hub.corrections.open_noticed()
    seat = two_sources.seat(MARKET)
    pages = set(re.findall(r'href="(/console/corrections/J-[\d-]+)"', (await seat.get(LIST)).text))
    texts = [(await seat.get(page)).text for page in pages]
    named = next(text for text in texts if "Entity.name" in text)
    assert "肇东市金穗食品有限公司" in named
    assert "肇东市金穗食品厂" in named
    assert "网关比对发现" in named
    person = next(text for text in texts if "Entity.legalRepresentative" in text)
    assert "别人" in person
    assert "不予显示" in person


async def test_those_to_be_answered_come_by_their_last_day_in_pages(cabin):
    """The first due first, none twice; those one raised are one's own only."""
    registry, numbers = Registry(cabin.bureau), []
    for day, field in enumerate(("name", "status", "address"), 23):
        cabin.bureau.at(f"2026-11-{day} 10:00")
        numbers.append((await registry.do("clerk", raising(f"Entity.{field}"), GIVES))["correction"]["number"])
    found, after = [], ""
    while page := await registry.read(ONE, f"corrections(view: TO_ANSWER, first: 2{after}) {{ number dueOn }}"):
        found += page
        after = f', after: "{page[-1]["number"]}"'
    assert [one["number"] for one in found] == numbers
    assert [one["dueOn"] for one in found] == sorted(one["dueOn"] for one in found)
    newest = await registry.read("clerk", "corrections(view: RAISED) { number }")
    assert [one["number"] for one in newest] == numbers[::-1]
    assert await registry.read("second-clerk", "corrections(view: RAISED) { number }") == []
    assert await registry.read("second-clerk", f'correction(number: "{numbers[0]}") {{ number }}') is None
