"""A witness follows a real hub over HTTP, cosigns what only grew, and cosigns nothing else."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from typer.testing import CliRunner

from hub.audit.checkpoint import read_text
from hub.audit.cosignature import cosigned_at, read_witness
from hub.audit.exporting import export
from hub.audit.keeping import newest, stored_tile
from hub.audit.note import read_note, verify_note
from hub.audit.tiles import read_path
from hub.cli import cli
from hub.cli_witness import _ALARMS
from tests.audit import forging
from tests.audit.kept import Kept, open_kept


def lay(folder, entries, *signers):
    """A log as `audit-export` lays it."""
    read = forging.tree(entries)
    (folder / "tile/0/000.p").mkdir(parents=True, exist_ok=True)
    hashes = b"".join(read(0, number) for number in range(len(entries)))
    for width in range(1, len(entries) + 1):
        (folder / f"tile/0/000.p/{width}").write_bytes(hashes[: 32 * width])
    (folder / "checkpoint").write_bytes(forging.note(len(entries), read, *signers))
    return folder


def look(log, state, *more, name="w.example/1"):
    """One look of the command."""
    return CliRunner().invoke(cli, ["witness", str(log), "--state", str(state), "--name", name, "--once", *more])


@pytest.fixture
def keys(tmp_path):
    """The keys of the log, as they were got elsewhere."""
    path = tmp_path / "keys"
    path.write_text(forging.LOG.verifier.written() + "\n")
    return str(path)


def test_it_cosigns_what_only_grew(tmp_path, keys):
    """A first checkpoint, one that goes on from it, and none again; its line verifies and says when."""
    log, state = tmp_path / "log", tmp_path / "state"
    lay(log, forging.ENTRIES[:3], forging.LOG)
    first = look(log, state, "--keys", keys)
    assert (first.exit_code, "cosigned" in first.stdout) == (0, True)
    witness = read_witness((state / "witness.vkey").read_text().strip())
    assert first.stderr.strip() == witness.written()
    lay(log, forging.ENTRIES, forging.LOG)
    assert "11" in look(log, state).stdout
    note = read_note((state / "cosigned").read_bytes())
    assert set(verify_note(note, [witness, forging.LOG.verifier])) == {witness.name, forging.ORIGIN}
    assert abs(cosigned_at(note.signatures[-1]).timestamp() - time.time()) < 3600
    again = look(log, state)
    assert (again.exit_code, again.stdout) == (0, "")
    assert (state / "seen.jsonl").read_bytes().count(b"\n") == 2
    assert (state / "witness.pem").stat().st_mode & 0o777 == 0o600
    # What it cosigned is what a receipt can be held to.
    receipt = {**forging.GOOD, "checkpoint": (state / "cosigned").read_text()}
    (tmp_path / "receipt").write_text(json.dumps(receipt))
    words = ["verify-receipt", str(tmp_path / "receipt"), "--keys", keys, "--witness", str(state / "witness.vkey")]
    assert CliRunner().invoke(cli, words).exit_code == 0


@pytest.mark.parametrize(
    ("reason", "entries", "signer"),
    [
        ("FORKED", [*forging.ENTRIES[:5], forging.entry(90), *forging.ENTRIES[6:]], forging.LOG),
        ("FORKED", [*forging.ENTRIES[:5], forging.entry(90)], forging.LOG),
        ("SHRUNK", forging.ENTRIES[:5], forging.LOG),
        ("UNSIGNED", forging.ENTRIES, forging.THIEF),
    ],
    ids=["another history", "another of the same size", "shorter", "another key"],
)
def test_it_cosigns_nothing_else(tmp_path, keys, reason, entries, signer):
    """A fork, a log that became shorter, a key that nobody knows: an alarm, both notes kept, what it cosigned stays."""
    log, state = tmp_path / "log", tmp_path / "state"
    look(lay(log, forging.ENTRIES[:6], forging.LOG), state, "--keys", keys)
    before = (state / "cosigned").read_bytes()
    found = look(lay(log, entries, signer), state)
    said = _ALARMS[reason][1].split("{size}")[0]
    assert (found.exit_code, said in found.stderr) == (1, True)
    assert (state / "cosigned").read_bytes() == before
    (evidence,) = state.glob("evidence-*.note")
    assert before in evidence.read_bytes()
    assert (log / "checkpoint").read_bytes() in evidence.read_bytes()


def test_what_it_lacks_is_said(tmp_path, keys):
    """No keys at first, another name later, a place that gives nothing, tiles that are missing, a state that was changed."""
    log, state = lay(tmp_path / "log", forging.ENTRIES[:6], forging.LOG), tmp_path / "state"
    assert (look(log, state).exit_code, "--keys" in look(log, state).stderr) == (2, True)
    (tmp_path / "none").write_text("no key\n")
    assert look(log, state, "--keys", str(tmp_path / "none")).exit_code == 2
    assert look(tmp_path / "nowhere", state, "--keys", keys).exit_code == 3
    assert look(log, state).exit_code == 0
    assert look(log, state, name="other.example").exit_code == 2
    lay(log, forging.ENTRIES, forging.LOG)
    (log / "tile/0/000.p/11").write_bytes(b"")
    assert look(log, state).exit_code == 3
    (state / "cosigned").write_bytes((log / "checkpoint").read_bytes())
    assert look(log, state).exit_code == 3


async def test_it_follows_a_hub(tmp_path):
    """The checkpoints and tiles of a hub's own log, over HTTP and from an export, across full tiles."""
    kept = open_kept(tmp_path, "sqlite:///hub.db")
    await kept.grow(300)
    (tmp_path / "keys.txt").write_text("\n".join(kept.sequencer.log.keys.published()))
    with _served(kept) as address:
        first = await asyncio.to_thread(look, address, tmp_path / "state", "--keys", str(tmp_path / "keys.txt"))
        assert first.exit_code == 0, first.stderr
        await kept.grow(700)
        found = await asyncio.to_thread(look, address, tmp_path / "state")
        assert (found.exit_code, "1000" in found.stdout) == (0, True)
    await kept.grow(24)
    export(kept.database, kept.sequencer.log, tmp_path / "export", lambda done, count: None)
    assert "1024" in (await asyncio.to_thread(look, tmp_path / "export", tmp_path / "state")).stdout
    assert read_text(read_note((tmp_path / "state/cosigned").read_bytes()).text).size == 1024
    kept.close()


@contextmanager
def _served(kept: Kept) -> Iterator[str]:
    """A log over HTTP."""

    def checkpoint(_request):
        found = kept.database.reading(newest)
        assert found is not None
        return Response(found.note)

    def tile(request):
        found = read_path(request.path_params["rest"])
        hashes = kept.database.reading(lambda connection: stored_tile(connection, found.level or 0, found.number))
        return Response(hashes[: found.width * 32])

    routes = [Route("/audit/checkpoint", checkpoint), Route("/audit/tile/{rest:path}", tile)]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/audit"
    server.should_exit = True
    thread.join(timeout=10)
