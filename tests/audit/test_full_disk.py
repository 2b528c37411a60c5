"""A full disk, for real: no data leaves, /readyz says so, and all is well again once there is room, without a restart."""

import asyncio
import multiprocessing
import os
import resource
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from hub.audit.places import CheckpointFile, Handed
from tests.golden.folder import Step
from tests.golden.world import open_world

ASKED = Step(text='query { entity(uscc: "91231282MA9X0A019P") { id name } }')


@contextmanager
def small_disk(folder, megabytes):
    """A file system of its own that holds so much; skips where none may be made."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def short_files(size):
    """No file of this process may become larger; a write beyond that is a short one, or fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def refused_until(world, room):
    """Ask until it is refused, see that it stays so, make room, and see that it is answered again."""
    answers = [await world.ask(ASKED)]
    while answers[-1].status_code == 200:
        answers.append(await world.ask(ASKED))
        assert len(answers) < 3_000
    recorded = len(world.entries())
    assert answers[-1].json()["errors"][0]["extensions"]["code"] == "RECORD_UNAVAILABLE"
    assert "data" not in answers[-1].json()
    ready = await world.client.get("/readyz")
    assert (ready.status_code, ready.json()["errors"][0]["extensions"]["code"]) == (503, "RECORD_UNAVAILABLE")
    assert (await world.ask(ASKED)).status_code == 503
    # The one before these was answered, the last of these was not.
    assert recorded == len(answers) == len(world.entries())
    room()
    assert (await world.client.get("/readyz")).status_code == 200
    assert (await world.ask(ASKED)).status_code == 200
    assert len(world.entries()) == recorded + 1
    while await world.hub.sequencer.advance():
        pass
    assert world.hub.sequencer.standing.altered is None


async def test_a_disk_that_fills(tmp_path):
    """A disk of four megabytes: what was answered before is on record, and nothing half written is left."""
    with small_disk(tmp_path / "disk", 4) as disk:
        filler = disk / "filler"

        def fill():
            with filler.open("wb", buffering=0) as file:
                while True:
                    try:
                        file.write(bytes(4096))
                    except OSError:
                        return

        async with open_world(disk) as world:
            assert (await world.ask(ASKED)).status_code == 200
            fill()
            await refused_until(world, filler.unlink)


def test_files_that_may_not_grow(tmp_path):
    """A limit on the size of files does the same: a short write is a failed one. The limit is a process's, so it has one."""
    process = multiprocessing.get_context("spawn").Process(target=_ask_with_short_files, args=(tmp_path,))
    process.start()
    process.join()
    assert process.exitcode == 0


def _ask_with_short_files(folder):
    asyncio.run(_limited(folder))


async def _limited(folder):
    async with open_world(folder) as world:
        assert (await world.ask(ASKED)).status_code == 200
        log = world.folder / "hub.db-wal"
        with short_files(log.stat().st_size + 30_000):
            soft = resource.getrlimit(resource.RLIMIT_FSIZE)

            def room():
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, soft[1]))

            await refused_until(world, room)


def test_a_line_that_is_written_in_part(tmp_path):
    """A checkpoint that did not fit is not handed out; the next one stands whole behind what is torn."""
    file = CheckpointFile(tmp_path / "checkpoints.jsonl")
    handed = [Handed("log", size, 0, f"note {size}\n".encode() * 20) for size in (1, 2, 3)]
    file.append(handed[0])
    with short_files(file.path.stat().st_size + 50), pytest.raises(OSError):  # noqa: PT011 - whatever it says
        file.append(handed[1])
    assert file.newest() == handed[0].note
    file.append(handed[2])
    file.append(handed[2])
    assert file.newest() == handed[2].note
    assert [note for _, note in file.every()] == [handed[0].note, None, handed[2].note]
    assert os.stat(file.path).st_mode & 0o777 == 0o600


def test_a_file_without_a_line(tmp_path):
    """A file that is not there, or empty, holds nothing; a link in its place is not followed."""
    file = CheckpointFile(tmp_path / "a/checkpoints.jsonl")
    assert file.newest() is None
    file.append(Handed("log", 1, 0, b"note\n"))
    shutil.move(file.path, tmp_path / "elsewhere")
    file.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):  # noqa: PT011 - whatever the system says of a link
        file.append(Handed("log", 2, 0, b"other\n"))
