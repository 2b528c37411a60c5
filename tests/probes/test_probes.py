"""Whatever is granted and whatever is asked: no value that the caller lacks, and no call for what is denied."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable

import pytest
from structlog.testing import capture_logs

from tests.oracle.agreement import TOO_LARGE, report
from tests.oracle.askers import Asker
from tests.oracle.question import Question
from tests.oracle.questions import Writer
from tests.oracle.values import Values
from tests.probes.denied import draw_denied
from tests.probes.stage import Probing, Told, open_probing
from tests.probes.watching import Watch

SEEDS = (1, 2)
QUESTIONS = 120
FORMS = ("Q", "139", "21", "17", "9132")
"""How values of each form begin: each is seen by somebody, so that one seen by nobody was looked for."""
LONG_SEEDS = range(100, 112)
LONG_QUESTIONS = 500


@pytest.fixture(scope="module", params=SEEDS)
async def probing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Probing]:
    """A hub whose callers have drawn grants."""
    async with open_probing(tmp_path_factory.mktemp("probes"), request.param) as opened:
        yield opened


async def test_nothing_leaks_to_one_after_another(probing: Probing, caplog: pytest.LogCaptureFixture):
    """Two callers ask the same in turn, from cold and from warm caches: each gets their own answer, and no more."""
    faults, told = await _probed(probing, range(QUESTIONS), caplog)
    assert not faults, "\n\n".join(faults[:3])
    answers = [one.parsed for one in told if one.parsed.get("data")]
    assert len(answers) >= QUESTIONS
    assert sum(bool(probing.marked.found(one.body)) for one in told) >= QUESTIONS // 3
    seen = {value for one in told for value in probing.marked.found(one.body)}
    assert {form for form in FORMS if any(value.startswith(form) for value in seen)} == {*FORMS}
    states = [field["state"] for one in answers for field in one["extensions"].get("fields", ())]
    assert min(states.count(state) for state in ("DENIED", "MASKED")) >= 3


async def test_generated_grants_mean_what_the_oracle_says(probing: Probing):
    """Under drawn grants too the hub answers as the oracle does, which folds and plans nothing."""
    for seed in range(1000, 1000 + QUESTIONS // 2):
        (asker, _), question = draw(probing, seed)
        found = await probing.contest.differ(asker, question)
        assert found is None, report(seed, asker, question, found)
    assert probing.contest.tally.get(TOO_LARGE, 0) <= 5


async def test_nothing_leaks_to_many_at_once(probing: Probing):
    """Sixty-four callers who ask at once are answered as each was alone, and none sees what is another's."""
    drawn = [draw(probing, seed) for seed in range(2000, 2032)]
    pairs = [(asker, question) for askers, question in drawn for asker in askers]
    alone = [await probing.ask(*pair) for pair in pairs]
    for turn in range(2):
        order = random.Random(turn).sample(range(len(pairs)), len(pairs))
        together = await asyncio.gather(*(probing.ask(*pairs[number]) for number in order))
        for number, told in zip(order, together, strict=True):
            assert told.steady == alone[number].steady
            asker, question = pairs[number]
            assert not watch(probing, asker).leaked(told.everything, question)


async def test_denied_slots_make_no_call(probing: Probing):
    """A question of which every slot is denied is answered without asking any source anything."""
    catalogue, ids = probing.contest.oracle.catalogue, sorted(probing.contest.oracle.marks.ids)
    codes = sorted(origin.row.cells["uscc"] for origin in _origins(probing, "Entity.uscc"))
    asked = 0
    for seed in range(QUESTIONS * 2):
        rng = random.Random(seed)
        asker = rng.choice(probing.askers)
        standing = probing.contest.oracle.standing(asker)
        question = draw_denied(rng, catalogue, standing, rng.choice(codes), rng.choice(ids))
        if question is None:
            continue
        told = await probing.ask(asker, question)
        assert told.status == 200, report(seed, asker, question, told.body)
        assert not told.calls, report(seed, asker, question, str(told.calls))
        assert not probing.marked.found(told.everything), report(seed, asker, question, told.body)
        asked += 1
    assert asked >= QUESTIONS


async def test_pages_and_their_cursors_tell_nothing(probing: Probing):
    """Every page that cursors lead to holds nothing the caller lacks, nor do the cursors, opened as far as they can be."""
    pages = 0
    for seed in range(3000, 3012):
        rng = random.Random(seed)
        asker = rng.choice(probing.askers)
        order = rng.choice((None, [{"name": "DESC"}], [{"establishedOn": "ASC"}], [{"uscc": "DESC"}]))
        after: str | None = None
        for _ in range(6):
            question = _page(order, after)
            told = await probing.ask(asker, question)
            assert not watch(probing, asker).leaked(told.everything, question)
            assert not watch(probing, asker).overreached(told.calls, question)
            found = (told.parsed.get("data") or {}).get("entities")
            after = (found or {}).get("pageInfo", {}).get("endCursor")
            pages += 1
            if after is None:
                break
    assert pages >= 24


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG_SEEDS)
async def test_nothing_leaks_in_thousands_of_probes(tmp_path, seed, caplog):
    """Given the time, nothing leaks in eighteen thousand probes under a dozen sets of grants."""
    async with open_probing(tmp_path, seed) as opened:
        faults, _ = await _probed(opened, range(seed * 10_000, seed * 10_000 + LONG_QUESTIONS), caplog)
        await test_denied_slots_make_no_call(opened)
        await test_nothing_leaks_to_many_at_once(opened)
    assert not faults, "\n\n".join(faults[:3])


def draw(probing: Probing, seed: int) -> tuple[list[Asker], Question]:
    """Two callers, and a question that is written for the first of them."""
    rng, oracle = random.Random(seed), probing.contest.oracle
    askers = rng.sample(probing.askers, 2)
    standing = oracle.standing(askers[0])
    whole = oracle.schema(frozenset(oracle.catalogue.fields))
    values = Values(rng, oracle.city, sorted(oracle.marks.ids))
    return askers, Writer(rng, oracle.schema(standing.visible), standing, whole, values).write()


def watch(probing: Probing, asker: Asker) -> Watch:
    """What watches over the answers of a caller."""
    oracle = probing.contest.oracle
    return Watch(probing.marked, oracle.standing(asker), oracle.catalogue)


async def _probed(
    probing: Probing, seeds: Iterable[int], caplog: pytest.LogCaptureFixture
) -> tuple[list[str], list[Told]]:
    """Faults of the questions of these seeds, asked by one, another, and the first again; and all that was told."""
    faults, every = [], []
    with capture_logs() as logs:
        for seed in seeds:
            (one, other), question = draw(probing, seed)
            told = [await probing.ask(asker, question) for asker in (one, other, one)]
            every += told
            if told[0].steady != told[2].steady:
                faults.append(report(seed, one, question, "another's question in between changes the answer"))
            for asker, found in zip((one, other), told, strict=False):
                over = watch(probing, asker)
                shown = [*over.leaked(found.everything, question), *over.overreached(found.calls, question)]
                faults += [report(seed, asker, question, "\n".join(shown))] if shown else []
    left = probing.recorded() | probing.marked.found("\n".join([caplog.text, *map(str, logs)]))
    return [*faults, *(f"{value} stands in the record or the log" for value in sorted(left))], every


def _page(order: list[dict[str, str]] | None, after: str | None) -> Question:
    text = (
        "query ($order: [EntityOrder!], $after: String) { entities(first: 7, orderBy: $order, after: $after) {"
        " pageInfo { hasNextPage startCursor endCursor } edges { cursor node { id __typename } } } }"
    )
    return Question(text, {"order": order, "after": after})


def _origins(probing: Probing, coordinate: str):
    every = (origin for origins in probing.marked.origins.values() for origin in origins)
    return [origin for origin in every if origin.coordinate == coordinate]
