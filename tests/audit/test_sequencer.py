"""What hashes and signs: when it is due, one worker at a time, whoever is killed, and what happens where it cannot."""

import asyncio
import os
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import insert

from hub.audit import sequencer as sequencing
from hub.audit.keeping import AlteredError, KnownLog, examine
from hub.audit.keys import make_log_key, open_log_keys
from hub.audit.places import CheckpointFile
from hub.audit.sequencer import Rhythm
from hub.audit.standing import TOLERANCE, Standing
from hub.audit.tree import leaf_hash
from hub.errors import HubError
from hub.store.tables import entries
from tests.audit import reference
from tests.audit.kept import ORIGIN, bodies, open_kept, until
from tests.unit.appending import ENTRY


def covers(kept, size):
    """True once the newest checkpoint covers so many entries."""
    return kept.size() == size


async def test_the_tree_is_that_of_the_entries(kept, place):
    """Whatever the steps in which it grew, the signed root is the one that the reference works out from the entries."""
    for count in (1, 2, 253, 1, 300, 7):
        await kept.grow(count)
        checkpoint = kept.sequencer.log.open(kept.sequencer.known.note)
        found = bodies(place)
        assert (checkpoint.size, checkpoint.root) == (len(found), reference.tree_hash(found))
    assert kept.report().differences == []


async def test_when_a_checkpoint_is_due(kept):
    """The first entry at once, then after sixty seconds in which entries came, or a thousand of them."""
    assert not await kept.sequencer.tick()
    assert kept.size() == 0
    await kept.append(1)
    await kept.sequencer.tick()
    assert kept.size() == 1
    await kept.append(999)
    kept.now += 59
    await kept.sequencer.tick()
    assert kept.size() == 1
    await kept.append(1)
    await kept.sequencer.tick()
    assert kept.size() == 1001
    await kept.append(1)
    kept.now += 60
    await kept.sequencer.tick()
    assert kept.size() == 1002
    kept.now += 10_000
    await kept.sequencer.tick()
    assert [one.size for one in map(kept.sequencer.log.open, (o.note for o in kept.outside()))] == [1, 1001, 1002]


async def test_a_clock_that_was_put_back(kept):
    """Holds nothing up."""
    await kept.grow(1)
    await kept.append(1)
    kept.now -= 86_400
    await kept.sequencer.tick()
    assert kept.size() == 2


async def test_a_log_from_before_is_hashed(place):
    """A log without a tree is hashed part by part, each of them signed, and goes on where a killed worker ended."""
    kept = open_kept(place.folder, place.url)
    rows = [
        {
            "position": n,
            "recorded_at": ENTRY.at,
            "request_id": f"r{n}",
            "body": replace(ENTRY, request_id=f"r{n}").canonical(),
        }
        for n in range(2_600)
    ]
    with place.engine.begin() as connection:
        connection.execute(insert(entries), rows)
    assert await kept.sequencer.tick()
    assert kept.size() == 1000
    kept.close()
    kept = open_kept(place.folder, place.url)
    async with kept.sequencer.sequencing():
        await until(lambda: kept.size() == 2_000)
        kept.now += 60
        await until(lambda: kept.size() == 2_600)
    assert kept.report().differences == []
    assert kept.report().inside == 3
    kept.close()


async def test_one_worker_at_a_time(kept, place):
    """Two workers share a store: whose turn it is hashes, and the other goes on when that one has ended."""
    with closing(open_kept(place.folder, place.url)) as other:
        await kept.grow(5)
        await kept.append(5)
        assert not await other.sequencer.advance()
        await kept.cover()
        assert kept.size() == 10
        await kept.append(5)
        kept.database.turn.release()
        assert await other.sequencer.advance()
        assert not await kept.sequencer.advance()
        assert (kept.size(), other.report().differences) == (15, [])


async def test_workers_that_both_think_it_is_their_turn(kept, place, monkeypatch):
    """If a turn is ever given twice, one of both is first, and the other's work is thrown away."""
    other = open_kept(place.folder, place.url)
    await kept.grow(3)
    await kept.append(300)
    for worker in (kept, other):
        monkeypatch.setattr(worker.database.turn, "take", lambda: True)
    made = await asyncio.gather(kept.sequencer.advance(), other.sequencer.advance())
    assert sorted(made) in ([False, True], [True, True])
    assert kept.report().differences == []
    assert kept.report().inside == 2
    other.close()


async def test_a_store_that_fails_and_comes_back(kept, place):
    """Nothing can be signed: after a while no data may leave; once it can be, all is as before, without a restart."""
    await kept.grow(3)
    await kept.append(1)
    kept.now += 60
    standing, loop = kept.sequencer.standing, asyncio.get_running_loop()
    place.execute("ALTER TABLE tree_tiles RENAME TO gone")
    async with kept.sequencer.sequencing():
        await until(lambda: standing.behind_since is not None)
        standing.check(loop.time())
        with pytest.raises(HubError, match="CHECKPOINT_OVERDUE"):
            standing.check(standing.behind_since + TOLERANCE + 0.1)
        place.execute("ALTER TABLE gone RENAME TO tree_tiles")
        await until(lambda: kept.size() == 4 and standing.behind_since is None)
        standing.check(loop.time() + 1_000)


async def test_a_file_that_cannot_be_written(kept):
    """A checkpoint that is not outside is none: it is tried again until it is there, and counts as overdue meanwhile."""
    await kept.grow(2)
    path = kept.sequencer.file.path
    kept.sequencer.file = CheckpointFile(path / "in a file")
    await kept.append(1)
    kept.now += 60
    with pytest.raises(OSError):  # noqa: PT011 - whatever the system says of it
        await kept.sequencer.tick()
    assert kept.size() == 3
    with pytest.raises(OSError):  # noqa: PT011 - the same
        await kept.sequencer.tick()
    kept.sequencer.file = CheckpointFile(path)
    await kept.sequencer.tick()
    assert kept.sequencer.log.open(kept.sequencer.file.newest()).size == 3


def test_a_grace_is_borne():
    """A hub that may go on for a while without a checkpoint does, and no longer."""
    standing = Standing(grace=600, behind_since=100.0)
    standing.check(700.0)
    with pytest.raises(HubError, match="CHECKPOINT_OVERDUE"):
        standing.check(100 + 600 + TOLERANCE + 1)


async def test_an_altered_log_is_not_signed(kept, place):
    """Whoever looks finds it, signs nothing more, and lets no data leave for good."""
    await kept.grow(5)
    place.execute("DELETE FROM entries WHERE position = 4")
    async with kept.sequencer.sequencing():
        await until(lambda: kept.sequencer.standing.altered is not None)
    with pytest.raises(HubError, match="LOG_ALTERED"):
        kept.sequencer.standing.check(0.0)
    await kept.sequencer.finish()
    assert len(kept.outside()) == 1


async def test_what_came_last_is_signed_when_a_worker_ends(kept):
    """Once it is drained a log has no entry that is not signed; a worker that never served signs nothing."""
    await kept.append(3)
    await kept.sequencer.finish()
    assert kept.size() == 0
    async with kept.sequencer.sequencing():
        pass
    await kept.append(4)
    await kept.sequencer.finish()
    assert kept.size() == 7


async def test_addresses_are_told(place):
    """Each checkpoint goes to an address; one that fails hears of the newest one later, and holds nobody up."""
    told: list[int] = []

    class Told:
        """Fails the first time."""

        name = "somewhere"
        failed = False

        async def hand(self, handed):
            """Take a checkpoint."""
            if not self.failed:
                self.failed = True
                raise OSError("not now")
            told.append(handed.size)

    kept = open_kept(place.folder, place.url, [Told()], Rhythm(seconds=0, entries=1))
    async with kept.sequencer.sequencing():
        for size in (1, 2, 3):
            await kept.append(1)
            await until(partial(covers, kept, size))
        await until(lambda: told and told[-1] == 3)
    assert told == sorted(set(told))
    kept.close()


async def test_keys_of_a_log(tmp_path):
    """The first key is made once, for its owner only; a file that holds none, or no file, is refused."""
    keys = open_log_keys(tmp_path, ORIGIN, make=True)
    assert [one.written() for one in open_log_keys(tmp_path, ORIGIN, make=True).verifiers] == [
        one.written() for one in keys.verifiers
    ]
    assert os.stat(tmp_path / "log.pem").st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["log.pem"]
    with pytest.raises(OSError, match=r"log\.pem"):
        open_log_keys(tmp_path / "none", ORIGIN, make=False)
    (tmp_path / "log-2.pem").write_text("not a key")
    with pytest.raises(OSError, match=r"log-2\.pem"):
        open_log_keys(tmp_path, ORIGIN, make=True)


async def test_a_key_that_is_replaced(kept, place):
    """While both keys are there both sign; the old one's public half stays, and what it signed holds."""
    folder = place.folder / "keys"
    await kept.grow(3)
    make_log_key(folder, "log-2.pem")
    kept.sequencer.log = KnownLog(ORIGIN, open_log_keys(folder, ORIGIN, make=False))
    await kept.grow(3)
    old = kept.sequencer.log.keys.verifiers[1]
    (folder / "log-1.vkey").write_text(old.written() + "\n")
    (folder / "log.pem").unlink()
    kept.sequencer.log = KnownLog(ORIGIN, open_log_keys(folder, ORIGIN, make=False))
    await kept.grow(3)
    assert kept.report().differences == []
    assert [note.note.count(b"\n\xe2\x80\x94") for note in kept.outside()] == [1, 2, 1]
    notes = [kept.outside()[0].note]
    assert kept.database.reading(lambda connection: examine(connection, kept.sequencer.log, notes)).size == 9


async def test_hashing_is_beside_the_questions(kept, monkeypatch):
    """No hash is made in the thread of the event loop, and none while an entry is being committed."""
    import threading  # noqa: PLC0415 - only here

    threads: set[str] = set()

    def noted(body):
        threads.add(threading.current_thread().name)
        return leaf_hash(body)

    monkeypatch.setattr("hub.audit.keeping.leaf_hash", noted)
    await kept.grow(600)
    assert threads
    assert not [name for name in threads if name.startswith(("store", "MainThread"))]


async def test_a_log_that_shrinks_while_it_is_looked_at(kept, place):
    """The number of entries is never below what was seen signed."""
    await kept.grow(8)
    place.execute("DELETE FROM entries")
    with pytest.raises(AlteredError, match="of which 0 are left"):
        await kept.sequencer.tick()
    assert sequencing.EVERY < 1
