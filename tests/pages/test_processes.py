"""A hub in a process of its own over the same store: a code that is suspended here is suspended on its pages at once."""

import time

import httpx2

from tests.acts import dying
from tests.callers.stand import free_port
from tests.code.floor import open_floor, step
from tests.forks import FORKS

PATIENCE = 5.0


async def test_a_state_reaches_the_pages_of_another_process(tmp_path):
    """Within seconds, and so does that it holds again."""
    async with open_floor(tmp_path) as floor:
        code = await floor.issued()
        port = free_port()
        process = FORKS.Process(target=dying.serve, args=(floor.hall.world.folder / "hub.toml", port), daemon=True)
        process.start()
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as other:
                until(lambda: answers(other), 60.0)
                path = f"/c/{code['token']}"
                assert "暂停使用" not in other.get(path).text
                for act, said in (("suspendCode", True), ("resumeCode", False)):
                    await floor.hall.act(floor.office, step(act))
                    until(lambda said=said: ("暂停使用" in other.get(path).text) is said, PATIENCE)
        finally:
            process.kill()
            process.join()


def answers(client):
    """True once a hub listens."""
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def until(holds, patience):
    """Wait until something holds; fails if it never does."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + patience, "it never held"
        time.sleep(0.02)
