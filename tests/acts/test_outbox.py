"""The outbox: in order, at least once, whatever fails; what it holds is sealed."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from hub.callers.purging import delete_expired
from hub.callers.vault import Vault
from hub.clock import Clock
from hub.notices.delivering import Deliverer
from hub.notices.folder import Folder
from hub.store.keys import open_keys
from hub.store.outbox import HELD, LONGEST, is_due, put, settle, take
from tests.unit.appending import open_store

START = 1_800_000_000
DAY = 24 * 3600


class Tick(Clock):
    """A clock that stands still until it is moved."""

    __slots__ = ("second",)

    def __init__(self):
        super().__init__(lambda: datetime.fromtimestamp(self.second, UTC))
        self.second = START


class Shelf:
    """A channel that fails while it is told to."""

    def __init__(self):
        self.got, self.failing = [], set()

    def deliver(self, notice):
        """Keep the notice."""
        if notice.number in self.failing:
            raise OSError("full")
        self.got.append(notice.number)


@pytest.fixture
def post(stored, tmp_path):
    """A store of each kind, and what delivers from it."""
    written = stored('store = "sqlite:///hub.db"')
    database, _, _ = open_store(tmp_path, written.split('"')[1])
    database.migrate()
    keys = open_keys(tmp_path / "keys")
    made = Deliverer(database, Vault(keys.sealing, keys.digest), Tick(), Shelf())
    yield made
    database.close()


def putting(post, *kinds):
    """Put notices; their numbers."""

    def work(connection):
        return [put(connection, post.sealing, kind, {"text": f"说明{kind}"}, post.clock.second) for kind in kinds]

    return post.database.acting(work)


def taken(post):
    """Numbers that are taken now."""
    return [n.number for n in post.database.acting(lambda c: take(c, post.sealing, post.clock.second))]


async def test_notices_leave_in_their_order(post):
    """Each once, as long as nothing goes wrong."""
    assert putting(post, "A", "B", "C") == [1, 2, 3]
    assert await post.deliver_due() == 3
    assert await post.deliver_due() == 0
    assert post.channel.got == [1, 2, 3]


async def test_a_channel_that_fails_is_tried_again(post):
    """Later each time, at most every ten minutes; what comes after waits, and leaves in its order."""
    putting(post, "A", "B", "C")
    post.channel.failing = {2}
    assert await post.deliver_due() == 1
    waits = []
    for _ in range(14):
        before = post.clock.second
        while not post.database.reading(lambda c: is_due(c, post.clock.second)):
            post.clock.second += 1
        waits.append(post.clock.second - before)
        assert await post.deliver_due() == 0
    assert waits[:6] == [1, 2, 4, 8, 16, 32]
    assert max(waits) == LONGEST
    assert post.channel.got == [1]
    post.channel.failing = set()
    post.clock.second += LONGEST
    assert await post.deliver_due() == 2
    assert post.channel.got == [1, 2, 3]


async def test_what_somebody_holds_is_not_taken(post):
    """Two workers don't deliver at once; if one ends without a word, the other takes over."""
    putting(post, "A", "B")
    assert taken(post) == [1, 2]
    putting(post, "C")
    assert taken(post) == []
    assert await post.deliver_due() == 0
    post.clock.second += HELD
    assert await post.deliver_due() == 3
    assert post.channel.got == [1, 2, 3]


async def test_a_clock_that_was_put_back(post):
    """Holds nothing up: what would be tried in days is tried now."""
    post.clock.second += 3 * DAY
    putting(post, "A")
    assert taken(post) == [1]
    post.clock.second = START
    assert await post.deliver_due() == 1


async def test_what_a_notice_says_is_sealed(post, tmp_path):
    """Its text stands nowhere in the store, and opens in its own place only."""
    putting(post, "A", "B")
    held = post.database.reading(lambda c: c.execute(text("SELECT body FROM outbox ORDER BY number")).all())
    assert all("说明".encode() not in bytes(row.body) for row in held)

    def exchange(connection):
        connection.execute(text("UPDATE outbox SET body = :body WHERE number = 1"), {"body": held[1].body})

    post.database.acting(exchange)
    assert await post.deliver_due() == 1
    assert post.channel.got == [2]
    aside = post.database.reading(lambda c: c.execute(text("SELECT number FROM outbox WHERE set_aside_at > 0")).all())
    assert [row.number for row in aside] == [1]
    assert await post.deliver_due() == 0


async def test_a_folder_gets_whole_files(post, tmp_path):
    """One JSON file a notice, for its owner only; written again it is the same file."""
    folder = tmp_path / "out"
    told = Deliverer(post.database, post.sealing, post.clock, Folder(folder))
    putting(post, "A", "B")
    assert await told.deliver_due() == 2
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["000000000001-A.json", "000000000002-B.json"]
    assert json.loads(files[0].read_bytes()) == {
        "number": 1,
        "kind": "A",
        "made": "2027-01-15T16:00:00+08:00",
        "text": "说明A",
    }
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}
    before = [file.read_bytes() for file in files]

    def forget(connection):
        connection.execute(text("UPDATE outbox SET sent_at = NULL"))

    post.database.acting(forget)
    post.clock.second += HELD
    assert await told.deliver_due() == 2
    assert [file.read_bytes() for file in sorted(folder.iterdir())] == before


async def test_a_folder_that_cannot_be_written(post, tmp_path):
    """Nothing is lost: it is tried again when the folder is there."""
    (tmp_path / "out").write_text("a file")
    told = Deliverer(post.database, post.sealing, post.clock, Folder(tmp_path / "out"))
    putting(post, "A")
    assert await told.deliver_due() == 0
    (tmp_path / "out").unlink()
    post.clock.second += 1
    assert await told.deliver_due() == 1


async def test_what_left_is_kept_for_a_week(post):
    """Then it is deleted, but for the newest: numbers are never given again, and what waits is never deleted."""
    putting(post, "A", "B")
    await post.deliver_due()
    post.clock.second += 8 * DAY
    post.database.acting(lambda c: delete_expired(c, post.clock.second))
    assert putting(post, "C") == [3]
    await post.deliver_due()
    post.channel.failing = {4}
    assert putting(post, "D") == [4]
    post.clock.second += 8 * DAY
    post.database.acting(lambda c: delete_expired(c, post.clock.second))
    left = post.database.reading(lambda c: c.execute(text("SELECT number, sent_at FROM outbox")).all())
    assert [tuple(row) for row in left] == [(4, None)]


async def test_nothing_is_settled_twice(post):
    """What was delivered by one worker after another took over is simply delivered."""
    putting(post, "A")
    assert taken(post) == [1]
    post.clock.second += HELD
    assert await post.deliver_due() == 1
    post.database.acting(lambda c: settle(c, [1], None, post.clock.second))
    assert await post.deliver_due() == 0
