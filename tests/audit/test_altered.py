"""Whoever may write to the store changes what is on record: each time it is found, and said what differs."""

import gc
import json
import secrets
import shutil
from functools import partial

import pytest
from sqlalchemy import create_engine, text

from hub.audit.checkpoint import Checkpoint, sign_checkpoint
from hub.audit.keeping import AlteredError, KnownLog, WrongKeyError, examine, root_at
from hub.audit.keys import make_log_key, open_log_keys
from hub.audit.outside import Outside, notes_in
from hub.audit.places import CheckpointFile
from hub.audit.tree import fold, leaf_hash
from hub.audit.verifying import MOST, Report, Verification
from hub.store.tables import entries
from hub.store.tree_tables import tree_checkpoints, tree_tiles
from tests.audit.kept import ORIGIN, bodies, open_kept

SIZE = 700
MOVED = "UPDATE entries SET position = position {by} WHERE position {which}"


@pytest.fixture
async def signed(kept):
    """A log of some tiles, signed three times."""
    for count in (300, 300, 100):
        await kept.grow(count)
    return kept


def start(kept):
    """What a hub that starts looks at."""
    newest = kept.sequencer.file.newest()
    outside = [] if newest is None else [newest]
    return kept.database.reading(lambda connection: examine(connection, kept.sequencer.log, outside))


def shift(place, first, by):
    """Move entries from a position on, as an attacker would: so that no two are ever at one."""
    place.execute(
        MOVED.format(by="+ 1000000", which=f">= {first}"), MOVED.format(by=f"- 1000000 + {by}", which=">= 1000000")
    )


def rehash(place):
    """Make the tiles fit the entries again, as whoever knows how they are made would."""
    hashes = [leaf_hash(body) for body in bodies(place)]
    full = len(hashes) // 256
    tiles = [(0, number, hashes[number * 256 : (number + 1) * 256]) for number in range(full + 1)]
    tiles.append((1, 0, [fold(hashes[number * 256 : (number + 1) * 256]) for number in range(full)]))
    with place.engine.begin() as connection:
        connection.execute(tree_tiles.delete())
        rows = [
            {"level": level, "number": number, "hashes": b"".join(found)} for level, number, found in tiles if found
        ]
        connection.execute(tree_tiles.insert(), rows)


def differences(kept):
    """What differs, where."""
    return [(one.kind, one.first, one.last) for one in kept.report().differences]


async def test_a_log_that_nobody_touched(signed):
    """Nothing differs: every entry, every tile and every checkpoint, inside and outside, is looked at."""
    report = signed.report()
    assert (report.count, report.signed, report.differences) == (SIZE, SIZE, [])
    assert (report.inside, report.outside) == (3, 3)
    assert start(signed).size == SIZE


async def test_a_flipped_bit(signed, place):
    """One bit of one entry: its position is told."""
    body = bodies(place)[123]
    with place.engine.begin() as connection:
        changed = body.replace(b"r123", b"r122")
        connection.execute(entries.update().where(entries.c.position == 123).values(body=changed))
    assert ("CHANGED", 123, 123) in differences(signed)


async def test_a_column_beside_the_entry(signed, place):
    """When and in which request stand in the entry and beside it: they agree."""
    place.execute("UPDATE entries SET recorded_at = '2020-01-01T00:00:00+08:00' WHERE position = 5")
    assert differences(signed) == [("FORM", 5, 5)]


async def test_a_removed_entry(signed, place):
    """A gap is told, and so is one that was closed by moving what follows."""
    place.execute("DELETE FROM entries WHERE position = 400")
    assert differences(signed) == [("MISSING", 400, 400)]
    shift(place, 401, -1)
    found = differences(signed)
    assert ("CHANGED", 400, SIZE - 2) in found
    assert ("CUT", SIZE - 1, SIZE - 1) in found
    with pytest.raises(AlteredError):
        start(signed)


async def test_an_inserted_entry(signed, place):
    """An entry that was put in between moves all that follow."""
    shift(place, 10, 1)
    place.execute("INSERT INTO entries SELECT 10, recorded_at, request_id, body FROM entries WHERE position = 9")
    assert ("CHANGED", 10, SIZE - 1) in differences(signed)


async def test_reordered_entries(signed, place):
    """Two entries in each other's place."""
    place.execute(
        MOVED.format(by="+ 1000000", which="= 20"),
        MOVED.format(by="- 1", which="= 21"),
        MOVED.format(by="- 1000000 + 1", which="= 1000020"),
    )
    assert differences(signed) == [("CHANGED", 20, 21)]


async def test_a_log_that_was_cut(signed, place):
    """Entries taken from the end are missed at the start and while the hub runs."""
    place.execute("DELETE FROM entries WHERE position >= 690")
    assert differences(signed) == [("CUT", 690, SIZE - 1)]
    with pytest.raises(AlteredError, match="690 are left"):
        start(signed)
    with pytest.raises(AlteredError):
        await signed.sequencer.tick()


async def test_a_log_that_was_cut_with_its_tree(signed, place):
    """Whoever cuts tiles and checkpoints as well leaves a log that is whole in itself: only the one outside tells."""
    place.execute("DELETE FROM entries WHERE position >= 600", "DELETE FROM tree_checkpoints WHERE size > 600")
    rehash(place)
    assert signed.report(outside=[]).differences == []
    assert differences(signed) == [("TRUNCATED", 600, SIZE)]
    with pytest.raises(AlteredError, match="outside covers 700"):
        start(signed)
    with pytest.raises(AlteredError):
        await signed.sequencer.tick()


async def test_a_log_that_was_emptied(signed, place):
    """Nothing is left in the store; the checkpoint outside remembers."""
    place.execute("DELETE FROM entries", "DELETE FROM tree_tiles", "DELETE FROM tree_checkpoints")
    assert {one[0] for one in differences(signed)} == {"TRUNCATED"}
    with pytest.raises(AlteredError):
        start(signed)


async def test_a_tree_that_was_made_anew(signed, place):
    """An entry and its tiles are changed together: the signed roots tell between which checkpoints."""
    with place.engine.begin() as connection:
        changed = bodies(place)[450].replace(b"r450", b"r451")
        connection.execute(entries.update().where(entries.c.position == 450).values(body=changed, request_id="r451"))
    rehash(place)
    assert set(differences(signed)) == {("ROOT", 300, 600)}
    assert len(signed.report().differences) == 2
    with pytest.raises(AlteredError, match="not those of the checkpoint"):
        start(signed)


@pytest.mark.parametrize("key", ["another", "none"])
async def test_a_forked_tree_signed_by_somebody_else(signed, place, key):
    """A checkpoint of other entries needs the key, which is not in the store."""
    place.execute("DELETE FROM entries WHERE position >= 600")
    rehash(place)
    folder = place.folder / "foreign"
    folder.mkdir()
    make_log_key(folder, "log.pem")
    signers = open_log_keys(folder, ORIGIN, make=False).signers
    root = signed.sequencer.log.open(signed.outside()[1].note).root
    note = sign_checkpoint(Checkpoint(ORIGIN, 650, root), signers)
    if key == "none":
        own = signed.outside()[2].note.decode().rpartition("\n\n")[2]
        note = (note.decode().rpartition("\n\n")[0] + "\n\n" + own).encode()
    with place.engine.begin() as connection:
        connection.execute(tree_checkpoints.delete().where(tree_checkpoints.c.size > 600))
        connection.execute(tree_checkpoints.insert().values(size=650, made_at=0, note=note))
    assert ("UNSIGNED", 650, 650) in differences(signed)
    with pytest.raises(WrongKeyError if key == "another" else AlteredError):
        start(signed)


async def test_a_checkpoint_that_was_taken_out(signed, place):
    """A checkpoint that is missing from the store while the hub runs, and one that was put under another size."""
    place.execute("UPDATE tree_checkpoints SET size = 301 WHERE size = 300")
    assert ("UNSIGNED", 301, 301) in differences(signed)
    place.execute("DELETE FROM tree_checkpoints WHERE size = 700")
    with pytest.raises(AlteredError, match="not in the store any more"):
        await signed.sequencer.tick()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("DELETE FROM tree_tiles WHERE level = 0 AND number = 1", ("TILE", 256, 511)),
        ("DELETE FROM tree_tiles WHERE level = 1", ("TILE", 0, 699)),
        ("UPDATE tree_tiles SET number = number + 10 WHERE number = 2", ("TILE", 512, 699)),
        ("INSERT INTO tree_tiles SELECT 3, number, hashes FROM tree_tiles WHERE level = 1", ("TILE", 700, 700)),
    ],
)
async def test_tiles_that_are_not_those_of_the_entries(signed, place, change, found):
    """A tile that is missing, moved or too many is told; the entries are none the worse."""
    place.execute(change)
    kinds = differences(signed)
    assert found in kinds
    assert {kind for kind, _, _ in kinds} == {"TILE"}


async def test_a_tile_that_was_changed(signed, place):
    """A hash in a tile of hashes: what is above it differs from what was signed."""
    with place.engine.begin() as connection:
        connection.execute(tree_tiles.update().where(tree_tiles.c.level == 1).values(hashes=bytes(64)))
    assert ("TILE", 0, SIZE - 1) in differences(signed)
    with pytest.raises(AlteredError):
        await signed.grow(1)


async def test_entries_that_are_not_signed_yet(signed, place):
    """What came after the newest checkpoint is counted, and a gap in it is told and never signed."""
    await signed.append(20)
    assert (signed.report().count, signed.report().signed, differences(signed)) == (720, SIZE, [])
    place.execute("DELETE FROM entries WHERE position = 710")
    assert differences(signed) == [("MISSING", 710, 710)]
    with pytest.raises(AlteredError, match="entry 710 is missing"):
        await signed.cover()
    assert signed.size() == SIZE


async def test_what_is_not_canonical(signed, place):
    """An entry that means the same and is written otherwise is another entry."""
    with place.engine.begin() as connection:
        spaced = bodies(place)[7].replace(b":", b": ", 1)
        connection.execute(entries.update().where(entries.c.position == 7).values(body=spaced))
    assert set(differences(signed)) == {("FORM", 7, 7), ("CHANGED", 7, 7)}


async def test_going_on_from_somewhere(signed, place):
    """Entries before it are taken from the tiles: a changed one is not seen, a changed tile is."""
    place.execute("UPDATE entries SET recorded_at = 'x' WHERE position = 3")
    assert signed.kinds(256) == set()
    assert signed.report(256).outside == 3
    with place.engine.begin() as connection:
        zero = tree_tiles.c.level == 0, tree_tiles.c.number == 0
        connection.execute(tree_tiles.update().where(*zero).values(hashes=bytes(256 * 32)))
        connection.execute(tree_tiles.update().where(tree_tiles.c.level == 1).values(hashes=bytes(64)))
    assert "ROOT" in signed.kinds(256)


async def test_checkpoints_kept_elsewhere(signed):
    """A checkpoint that somebody else kept is compared, too; one of another log or key is not taken for one."""
    other = signed.outside()[0].note
    assert signed.report(outside=[Outside("theirs:1", other)]).outside == 1
    foreign = other.replace(b"hub.example/audit\n300", b"hub.example/audit\n301")
    report = signed.report(outside=[Outside("theirs:1", foreign)])
    assert [(one.kind, one.where) for one in report.differences] == [("UNSIGNED", "theirs:1")]


def copy_of(place, name):
    """Keep a copy of the store as it is; nobody may be using it."""
    if place.engine.dialect.name == "sqlite":
        shutil.copy(place.folder / "hub.db", place.folder / name)
    else:
        on_server(place, f"CREATE DATABASE {name} TEMPLATE {place.engine.url.database}")


def bring_back(place, name):
    """Put the copy in place of the store."""
    if place.engine.dialect.name == "sqlite":
        for file in ("hub.db", "hub.db-wal", "hub.db-shm"):
            (place.folder / file).unlink(missing_ok=True)
        shutil.move(place.folder / name, place.folder / "hub.db")
    else:
        there = place.engine.url.database
        on_server(place, f"DROP DATABASE {there}", f"ALTER DATABASE {name} RENAME TO {there}")


def on_server(place, *statements):
    """Execute statements outside the store's own database."""
    place.engine.dispose()
    engine = create_engine(place.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


async def test_an_old_copy_of_the_database(place):
    """A copy from before, put in place of the store, agrees with itself; the file outside knows more."""
    kept = open_kept(place.folder, place.url)
    await kept.grow(40)
    kept.close()
    copy = f"copy_{secrets.token_hex(4)}"
    copy_of(place, copy)
    kept = open_kept(place.folder, place.url)
    await kept.grow(40)
    kept.close()
    bring_back(place, copy)
    kept = open_kept(place.folder, place.url)
    assert kept.report(outside=[]).differences == []
    assert differences(kept) == [("TRUNCATED", 40, 80)]
    with pytest.raises(AlteredError):
        start(kept)
    kept.close()


async def test_checkpoints_that_lie_in_another_order(signed, place):
    """A file that went on after a restore, or that somebody turned round: each of its checkpoints is compared all the same."""
    turned = signed.outside()[::-1]
    report = signed.report(outside=turned)
    assert (report.inside, report.outside, report.differences) == (3, 3, [])
    place.execute("DELETE FROM entries WHERE position >= 600", "DELETE FROM tree_checkpoints WHERE size > 600")
    rehash(place)
    report = signed.report(outside=turned)
    assert [tuple(one) for one in report.differences] == [("TRUNCATED", 600, SIZE, "file:3")]
    assert report.outside == 2


async def test_going_on_where_tiles_are_missing(signed, place):
    """What a stretch begins with is missing: told as a difference, and the rest is looked at."""
    place.execute("DELETE FROM tree_tiles WHERE level = 1")
    assert signed.kinds(512) == {"ROOT"}


class Watched(KnownLog):
    """A log that counts now and then, when one more is opened, how many of its checkpoints are held."""

    opened, most = 0, 0

    def open(self, note):
        """The checkpoint of a note."""
        made = super().open(note)
        Watched.opened += 1
        if Watched.opened % 50 == 0:
            held = sum(isinstance(one, (Checkpoint, Outside)) for one in gc.get_objects())
            Watched.most = max(Watched.most, held)
        return made


async def test_of_many_checkpoints_few_are_held(kept, place):
    """Scores of them in the store and at two places outside: of each place one is held while all are compared, in whatever order."""
    await kept.grow(100)
    log, count = kept.sequencer.log, 80
    roots = {size: kept.database.reading(partial(root_at, size=size)) for size in range(1, count + 1)}
    made = {size: sign_checkpoint(Checkpoint(ORIGIN, size, root), log.keys.signers) for size, root in roots.items()}
    with place.engine.begin() as connection:
        rows = [{"size": size, "made_at": 0, "note": note} for size, note in made.items()]
        connection.execute(tree_checkpoints.insert(), rows)
    file = CheckpointFile(place.folder / "more.jsonl")
    file.path.write_text("".join(f"{json.dumps({'note': note.decode()})}\n" for note in made.values()))
    turned = (Outside(f"turned:{size}", note) for size, note in reversed(made.items()))
    watched = Watched(log.origin, log.keys)
    Watched.opened = Watched.most = 0
    report = Verification(kept.database, watched, (notes_in(file, "more"), turned), 0, lambda done, count: None).run()
    assert (report.inside, report.outside, report.differences) == (count + 1, 2 * count, [])
    # One that was opened and one that waits, of the store and of two places.
    assert 0 < Watched.most <= 12


def test_of_many_differences_the_first_are_named():
    """Beyond a thousand they are counted, each once however many entries it is about."""
    report = Report(0, 0, 0)
    for position in range(0, 4 * MOST, 2):
        report.add("CHANGED", position)
    report.add("CHANGED", 4 * MOST - 1)
    report.add("MISSING", 9 * MOST, 9 * MOST + 5)
    report.add("MISSING", 9 * MOST + 6)
    assert (len(report.differences), report.more, report.differing) == (MOST, MOST + 1, 2 * MOST + 1)


async def test_what_is_appended_meanwhile_is_not_missed(signed):
    """A hub that signs while its record is verified puts no difference into it."""
    place = notes_in(signed.sequencer.file, "file")
    count = len(signed.outside())
    await signed.grow(10)
    assert [one.where for one in place] == [f"file:{number}" for number in range(1, count + 1)]
