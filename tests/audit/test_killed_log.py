"""kill -9 at any moment, while questions are asked and checkpoints are made: nothing that was answered is lost."""

import asyncio
import json
import random
import shutil
from contextlib import closing

import pytest

from hub.app import wire
from hub.audit.outside import Outside
from hub.audit.verifying import Verification
from hub.settings import load_settings
from tests.audit import dying
from tests.audit.kept import bodies
from tests.forks import FORKS
from tests.golden.folder import GOLDEN

STORE = 'store = "sqlite:///hub.db"'
OFTEN = "\n[audit]\nevery_entries = 40\n"


def configured(place):
    """The golden world over this store, with checkpoints often."""
    home = place.folder / "world"
    shutil.copytree(GOLDEN / "world", home)
    file = home / "hub.toml"
    url = place.url if place.engine.dialect.name == "postgresql" else f"sqlite:///{place.folder / 'hub.db'}"
    text = file.read_text(encoding="utf-8").replace(STORE, f'store = "{url}"')
    file.write_text(text + OFTEN, encoding="utf-8")
    return file


def killed(config, name, answers, chance):
    """Ids of the requests that were answered by a hub that was killed after about so many answers."""
    receiving, sending = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=dying.ask_until_killed, args=(config, name, sending))
    process.start()
    sending.close()
    answered: list[str] = []
    with closing(receiving):
        while len(answered) < answers:
            answered.append(receiving.recv())
        # At any moment: within a commit, a checkpoint, a line of the file.
        process.join(chance.random() * 0.03)
        process.kill()
        process.join()
        while True:
            try:
                answered.append(receiving.recv())
            except EOFError:
                return answered


def check(place, config, answered):
    """Everything that was answered is on record, and the log is what was signed; a hub that starts goes on from it."""
    on_record = [json.loads(body)["requestId"] for body in bodies(place)]
    assert set(answered) <= set(on_record)
    positions = [position for (position,) in place.ask("SELECT position FROM entries ORDER BY position")]
    assert positions == list(range(len(positions)))
    hub = wire(load_settings(config))
    assert hub.sequencer.standing.altered is None
    assert looked_at(hub).differences == []
    before = looked_at(hub).signed
    asyncio.run(cover(hub))
    report = looked_at(hub)
    hub.database.close()
    assert report.differences == []
    assert report.signed == report.count == len(on_record) >= before
    assert report.outside


def looked_at(hub):
    """What a look at all of it finds."""
    file = hub.sequencer.file
    lines = list(file.every()) if file.path.exists() else []
    notes = [Outside(f"file:{number}", note) for number, note in lines if note is not None]
    return Verification(hub.database, hub.sequencer.log, [notes], 0, lambda done, count: None).run()


async def cover(hub):
    """Hash and sign everything there is."""
    async with asyncio.timeout(60):
        # A server may take a moment to see that whoever was killed has gone.
        while await hub.sequencer.advance() or looked_at(hub).signed < looked_at(hub).count:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.05)


def test_killed_again_and_again(place):
    """Three hubs, each killed within some hundred questions; each goes on where the one before it ended."""
    config, chance = configured(place), random.Random(9162)
    answered: list[str] = []
    for number, answers in enumerate((30, 170, 90)):
        answered += killed(config, f"k{number}", answers, chance)
        check(place, config, answered)


@pytest.mark.long
def test_killed_during_ten_thousand_questions(place):
    """The same until ten thousand questions were answered, killed at twenty random moments."""
    config, chance, answered, number = configured(place), random.Random(6962), list[str](), 0
    while len(answered) < 10_000:
        answered += killed(config, f"k{number}", chance.randrange(100, 900), chance)
        check(place, config, answered)
        number += 1
