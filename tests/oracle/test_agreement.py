"""The hub and the oracle agree on generated questions of every caller: data, errors, states and warnings."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from hub.errors import State
from tests.oracle.agreement import TOO_LARGE, Contest, report, set_contest
from tests.oracle.askers import ASKERS
from tests.oracle.marks import difference
from tests.oracle.question import Question
from tests.oracle.shrinking import shrink
from tests.oracle.stage import FAILURES, set_stage
from tests.oracle.stagings import Staging
from tests.oracle.stored import SOURCES
from tests.oracle.walks import Walk, draw_walk
from tests.oracle.world import build_city

QUESTIONS = 500
SILENT_QUESTIONS = 200
KINDS_QUESTIONS = 140
KINDS_SILENT_QUESTIONS = 40
KINDS_WALKS = 12
KINDS_LONG_QUESTIONS = 500
WALKS = 30
LONG_QUESTIONS = 16_700
LONG_PARTS = 6
_SHOWN = 3


async def _disagreements(contest: Contest, seeds: Iterable[int], *, silencing: bool = False) -> list[str]:
    found: list[str] = []
    for seed in seeds:
        askers, question = contest.draw(seed, silencing=silencing)
        for asker in askers:
            difference = await contest.differ(asker, question)
            if difference is None:
                continue
            smaller = await shrink(contest, asker, question)
            difference = await contest.differ(asker, smaller) or difference
            found.append(report(seed, asker, smaller, difference))
        if len(found) >= _SHOWN:
            break
    return found


def _told(contest: Contest, *words: str) -> int:
    return min(sum(count for told, count in contest.tally.items() if word in told.split()) for word in words)


async def test_agree_on_generated_questions(contest: Contest):
    """Three callers each ask every question, and the hub answers as the oracle does."""
    found = await _disagreements(contest, range(QUESTIONS))
    assert not found, "\n\n".join(found)
    assert contest.tally["answered"] >= 1200
    assert contest.tally["GRAPHQL_VALIDATION_FAILED"] >= 20
    assert contest.tally.get(TOO_LARGE, 0) <= 10
    states = ("NO_RECORD", "NOT_COLLECTED", "MASKED", "DENIED", "WITHHELD", "SOURCE_DOWN", "STALE")
    assert _told(contest, *states) >= 20
    assert _told(contest, "TRUNCATED") >= 1
    assert _told(contest, "FIELD_DENIED", "PURPOSE_NOT_ALLOWED", "GRANT_EXPIRED", "OUT_OF_JURISDICTION") >= 3
    assert {*states, State.TRUNCATED, State.CONFLICT, State.PENDING} == set(State)


async def test_agree_while_sources_are_silent(contest: Contest):
    """What a silent source leaves out is the same, and said in the same places."""
    found = await _disagreements(contest, range(100_000, 100_000 + SILENT_QUESTIONS), silencing=True)
    assert not found, "\n\n".join(found)
    assert _told(contest, "SOURCE_TIMEOUT", "SOURCE_BAD_DATA") >= 20


async def test_agree_with_databases(contest_with_databases: Contest):
    """With two sources in SQLite and certificates connected the answers agree too."""
    found = await _disagreements(contest_with_databases, range(200_000, 200_000 + SILENT_QUESTIONS))
    assert not found, "\n\n".join(found)


async def test_agree_whatever_the_kinds(contest_of_kinds: Contest):
    """With every department's records at a source of every kind the answers agree."""
    found = await _disagreements(contest_of_kinds, range(600_000, 600_000 + KINDS_QUESTIONS))
    assert not found, "\n\n".join(found)
    assert contest_of_kinds.tally["answered"] >= 300


async def test_agree_whatever_the_kinds_while_each_is_silent(contest_of_kinds: Contest):
    """The same while one source after the other is silent, and every second time another one too."""
    found = await _disagreements(contest_of_kinds, range(610_000, 610_000 + KINDS_SILENT_QUESTIONS), silencing=True)
    for number, source in enumerate(SOURCES):
        for seed in range(620_000, 620_006):
            askers, drawn = contest_of_kinds.draw(seed)
            question = replace(drawn, silent={source: [*FAILURES][(seed + number) % len(FAILURES)]})
            differs = await contest_of_kinds.differ(askers[0], question)
            found += [report(seed, askers[0], question, differs)] if differs else []
    assert not found, "\n\n".join(found)
    assert _told(contest_of_kinds, "SOURCE_DOWN") >= 10


async def test_agree_on_every_page_whatever_the_kinds(contest_of_kinds: Contest):
    """Pages of every kind of register hold the same entities, or all are refused alike."""
    for seed in range(700_000, 700_000 + KINDS_WALKS):
        walk = draw_walk(seed)
        found = await walk.differ(contest_of_kinds)
        assert found is None, report(seed, walk.asker, *found)


async def test_agree_again_and_at_once_whatever_the_kinds(contest_of_kinds: Contest):
    """Sixty-four callers who ask at once, twice in other orders, are answered as each was alone – and alike again."""
    drawn = [contest_of_kinds.draw(seed) for seed in range(630_000, 630_064)]
    pairs = [(askers[0], question) for askers, question in drawn]
    for asker, question in pairs:
        found = await contest_of_kinds.differ(asker, question)
        assert found is None, report(0, asker, question, found)
    alone = [await contest_of_kinds.stage.ask(asker, question) for asker, question in pairs]
    for turn in range(2):
        order = random.Random(turn).sample(range(len(pairs)), len(pairs))
        together = await asyncio.gather(*(contest_of_kinds.stage.ask(*pairs[number]) for number in order))
        assert together == [alone[number] for number in order]
    assert not [one for one in alone if isinstance(one, str) and one.startswith("CRASHED")]


async def test_agree_when_a_database_is_gone(tmp_path: Path):
    """A source whose file was moved away is silent like any other, and only what it owns is missing."""
    stage = await set_stage(tmp_path, build_city(), Staging("market", {"market": "sqlite"}))
    (tmp_path / "market.db").rename(tmp_path / "elsewhere.db")
    contest = await set_contest(stage)
    for seed in range(500_000, 500_020):
        askers, question = contest.draw(seed)
        expected = contest.oracle.answer(askers[0], replace(question, silent={"market": "SOURCE_DOWN"}))
        found = difference(expected, await stage.ask(askers[0], question), contest.oracle.marks)
        assert found is None, report(seed, askers[0], question, found)
    await stage.close()


async def test_agree_on_every_page(contest: Contest, contest_with_databases: Contest):
    """Page after page holds the same entities in the same order, whatever is missing in what they are ordered by."""
    for seed in range(WALKS):
        walk = draw_walk(seed)
        for one in (contest, contest_with_databases):
            found = await walk.differ(one)
            assert found is None, report(seed, walk.asker, *found)


async def test_refuse_the_cursors_of_other_lists(contest: Contest):
    """A cursor opens under its own caller, filter and order only."""
    everyone = {asker.name: asker for asker in ASKERS}
    mine = Walk(everyone["everything"], {"divisionWithin": "3205"}, [{"name": "ASC"}], 3)
    assert await mine.differ(contest) is None
    cursor = await mine.next_cursor(contest, mine.page(None))
    assert cursor is not None
    others = (
        Walk(mine.asker, mine.filter, [{"name": "DESC"}], 3),
        Walk(mine.asker, {"divisionWithin": "3206"}, mine.order, 3),
        Walk(everyone["public"], mine.filter, mine.order, 3),
    )
    for other in others:
        assert await contest.stage.ask(other.asker, other.page(cursor)) == "BAD_CURSOR"
    assert await contest.differ(mine.asker, mine.page(cursor)) is None
    assert await contest.differ(mine.asker, mine.page("nonsense")) is None


async def test_agree_again_when_warm(contest: Contest):
    """Asked again, in another order, from kept plans, the answers are the same."""
    drawn = [contest.draw(seed) for seed in range(300_000, 300_040)] * 2
    random.Random(1).shuffle(drawn)
    for askers, question in drawn:
        for asker in askers:
            assert await contest.differ(asker, question) is None, report(0, asker, question, "differs when warm")


async def test_agree_when_asked_at_once(contest: Contest):
    """Sixty-four callers of different roles who ask at the same time are answered as if each were alone."""
    drawn = [contest.draw(seed) for seed in range(400_000, 400_064)]
    pairs = [(ASKERS[number % len(ASKERS)], question) for number, (_, question) in enumerate(drawn)]
    alone = [await contest.stage.ask(asker, question) for asker, question in pairs]
    together = await asyncio.gather(*(contest.stage.ask(asker, question) for asker, question in pairs))
    assert together == alone
    assert not [one for one in alone if isinstance(one, str) and one.startswith("CRASHED")]


@pytest.mark.parametrize("asker", ASKERS, ids=lambda asker: asker.name)
async def test_introspection_shows_what_is_held(contest: Contest, asker):
    """Introspection lists the fields a caller holds and can reach, and no other field that grants are about."""
    standing = contest.oracle.standing(asker)
    text = "{ __schema { types { name fields { name } } } }"
    body = await contest.stage.ask(asker, Question(text))
    assert isinstance(body, dict)
    shown = {
        f"{kind['name']}.{field['name']}"
        for kind in body["data"]["__schema"]["types"]
        for field in kind["fields"] or ()
    }
    reachable = any(name.startswith("Entity.") for name in standing.held)
    keyed = {rule.record for rule in contest.oracle.catalogue.keyed.values()}
    held = {name for name in standing.held if reachable or name.partition(".")[0] in keyed}
    assert shown & set(contest.oracle.catalogue.fields) == held


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
async def test_agree_on_fifty_thousand_questions(contest: Contest, contest_with_databases: Contest, part):
    """Given the time, they agree on fifty thousand pairs of question and caller, a third with silent sources."""
    seeds = range(part * LONG_QUESTIONS // LONG_PARTS // 3, (part + 1) * LONG_QUESTIONS // LONG_PARTS // 3)
    found = await _disagreements(contest, (1_000_000 + seed for seed in seeds))
    found += await _disagreements(contest, (2_000_000 + seed for seed in seeds), silencing=True)
    found += await _disagreements(contest_with_databases, (3_000_000 + seed for seed in seeds))
    assert not found, "\n\n".join(found)


@pytest.mark.long
async def test_agree_on_thousands_of_questions_whatever_the_kinds(contest_of_kinds: Contest):
    """Given the time, they agree on three thousand pairs for each assignment of kinds, half with silent sources."""
    found = await _disagreements(contest_of_kinds, range(4_000_000, 4_000_000 + KINDS_LONG_QUESTIONS))
    found += await _disagreements(contest_of_kinds, range(5_000_000, 5_000_000 + KINDS_LONG_QUESTIONS), silencing=True)
    assert not found, "\n\n".join(found)
