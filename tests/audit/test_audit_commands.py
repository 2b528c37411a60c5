"""`verify-audit` and `audit-export`: what they say, with which exit codes, and what they leave."""

import asyncio
import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from hub.audit.checkpoint import open_checkpoint
from hub.audit.note import read_verifier
from hub.audit.tiles import read_bundle, read_path, reader, tiles_of
from hub.audit.tree import leaf_hash, root_of
from hub.audit.verifying import WORDS
from hub.cli_audit import DIFFERS, UNFINISHED
from tests.commands.office import opened
from tests.commands.running import run


@pytest.fixture
def office(tmp_path):
    """A hub with some acts on record, which are signed."""
    with opened(tmp_path) as made:
        for number in range(3):
            made.done("people", "add", f"p{number}", "--label", "张三", "--department", "market", "--role", "CLERK")
        sign(made)
        yield made


def sign(office):
    """Hash and sign what there is."""

    async def advance():
        while await office.hub.sequencer.advance():
            pass

    asyncio.run(advance())
    office.hub.database.turn.release()


def execute(office, *statements):
    """Change the store behind the hub's back."""
    with closing(sqlite3.connect(office.folder / "hub.db")) as store, store:
        for statement in statements:
            store.execute(statement)


def test_a_good_log(office):
    """It says how much it looked at, and ends with 0."""
    said = office.done("verify-audit").output
    assert re.search(r"entries 4, .* checkpoints 1 \+ 1, .* differences 0", said)


def test_a_log_without_a_checkpoint(tmp_path):
    """A new log has nothing that is signed, and says so."""
    with opened(tmp_path) as office:
        said = office.done("verify-audit").output
        assert "the last 1 entries are not signed yet" in said


def test_what_differs_is_said(office):
    """Each difference is a line in both languages; the exit code is 1."""
    execute(office, "UPDATE entries SET body = x'7b7d' WHERE position = 1", "DELETE FROM entries WHERE position = 3")
    result = office.type("verify-audit")
    assert result.exit_code == DIFFERS
    assert "条目 1 与签署时不同 / entries 1 are not those that were signed" in result.output
    assert "entries 3 were cut off" in result.output


def test_a_truncated_log_and_a_checkpoint_kept_elsewhere(office):
    """The file of the hub may be gone as well: a checkpoint that somebody else kept tells."""
    file = office.hub.sequencer.file.path
    kept = office.folder / "theirs.txt"
    kept.write_bytes(office.hub.sequencer.file.newest())
    copy = office.folder / "theirs.jsonl"
    shutil.copy(file, copy)
    execute(office, "DELETE FROM entries", "DELETE FROM tree_tiles", "DELETE FROM tree_checkpoints")
    file.unlink()
    assert office.type("verify-audit").exit_code == 0
    for theirs in (kept, copy):
        result = office.type("verify-audit", "--checkpoint", str(theirs))
        assert (result.exit_code, f"{theirs}:1" in result.output) == (DIFFERS, True)
        assert "a checkpoint covers 4 entries, the log has 0" in result.output


def test_going_on(office):
    """`--from` says what it did not hash again."""
    assert "were not hashed again" not in office.done("verify-audit", "--from", "200").output
    said = office.done("verify-audit", "--from", "300").output
    assert "entries before 256 were not hashed again" in said


def test_what_keeps_it_from_its_work(tmp_path, office):
    """No store, no key, no such file: it is said, and the exit code is neither that of a good log nor of a bad one."""
    refused = office.type("verify-audit", "--checkpoint", "none")
    assert (refused.exit_code, "No such file" in refused.stderr) == (UNFINISHED, True)
    (office.folder / "keys/log.pem").rename(tmp_path / "log.pem")
    refused = office.type("verify-audit")
    assert (refused.exit_code, "no key of the record" in refused.stderr) == (UNFINISHED, True)
    (office.folder / "hub.db").unlink()
    refused = office.type("verify-audit")
    assert (refused.exit_code, "there is no store" in refused.stderr) == (UNFINISHED, True)
    assert not (office.folder / "hub.db").exists()


def test_it_reads_only(office):
    """Nothing in the store, its keys or its file changes."""
    before = [
        path.read_bytes() for path in sorted(office.folder.rglob("*")) if path.is_file() and "-shm" not in path.name
    ]
    office.done("verify-audit")
    after = [
        path.read_bytes() for path in sorted(office.folder.rglob("*")) if path.is_file() and "-shm" not in path.name
    ]
    assert before == after


def test_a_store_from_before(office):
    """A store without a tree is not changed; it says what to do first."""
    execute(office, "DROP TABLE tree_checkpoints")
    refused = office.type("verify-audit")
    assert (refused.exit_code, "chengxin-hub migrate" in refused.stderr) == (UNFINISHED, True)


def test_in_a_process_of_its_own(office):
    """It is a program: started by itself it finds the same."""
    ended = run(office.folder, "verify-audit")
    assert (ended.returncode, "differences 0" in ended.stdout) == (0, True)
    execute(office, "DELETE FROM entries WHERE position = 0")
    ended = run(office.folder, "verify-audit")
    assert (ended.returncode, "entries 0 are missing" in ended.stdout, "Traceback" in ended.stderr) == (1, True, False)


def test_an_export_is_a_log(office):
    """The folder is what a log shows over HTTP: whoever has it checks it without the hub; the export is on record."""
    folder = office.folder / "export"
    office.done("audit-export", "--out", str(folder))
    keys = [read_verifier(line) for line in (folder / "keys").read_text().splitlines()]
    checkpoint = open_checkpoint((folder / "checkpoint").read_bytes(), office.hub.sequencer.log.origin, keys)
    hashes = {
        (tile.level, tile.number): (folder / "tile" / tile.path).read_bytes() for tile in tiles_of(checkpoint.size)
    }
    assert root_of(checkpoint.size, reader(lambda level, number: hashes[level, number])) == checkpoint.root
    entries = read_bundle((folder / "tile/entries/000.p/4").read_bytes(), 4)
    assert b"".join(map(leaf_hash, entries)) == hashes[0, 0]
    files = [path.relative_to(folder / "tile").as_posix() for path in (folder / "tile").rglob("*") if path.is_file()]
    assert sorted(read_path(name).path for name in files) == ["0/000.p/4", "entries/000.p/4"]
    assert office.acts()[-1] == ("LOG_EXPORTED", "GRANTED")
    sign(office)
    office.done("audit-export", "--out", str(folder))
    assert open_checkpoint((folder / "checkpoint").read_bytes(), checkpoint.origin, keys).size == 5


def test_an_altered_log_is_not_exported(office):
    """Neither entries that were changed, nor into a folder of another log."""
    folder = office.folder / "export"
    office.done("audit-export", "--out", str(folder))
    (folder / "tile/0/000.p/4").write_bytes(bytes(128))
    assert "holds something else" in office.refused("audit-export", "--out", str(folder), code=DIFFERS)
    shutil.rmtree(folder)
    execute(office, "UPDATE entries SET body = x'7b7d' WHERE position = 1")
    refused = office.type("audit-export", "--out", str(folder))
    assert (refused.exit_code, "not exported: entries from 0 on are not those" in refused.stderr) == (DIFFERS, True)
    assert not (folder / "checkpoint").exists()


def test_every_difference_has_its_words():
    """Both languages, and the same names in both."""
    for chinese, english in WORDS.values():
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert "{where}" not in chinese or "{where}" in english
