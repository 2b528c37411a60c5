"""kill -9 at any moment: no notice is lost, no act is done twice, and none that was answered is undone."""

from contextlib import closing

import pytest

from auth.roles import Role
from tests.acts import dying
from tests.acts.hall import vouch
from tests.forks import FORKS


def killed_after(hall, person, acts, *, delivers):
    """Keys that were answered by a hub that was killed after so many acts."""
    receiving, sending = FORKS.Pipe(duplex=False)
    config = hall.world.folder / "hub.toml"
    process = FORKS.Process(target=dying.act_until_killed, args=(config, person, sending, delivers))
    process.start()
    sending.close()
    answered: list[str] = []
    with closing(receiving):
        while len(answered) < acts:
            answered.append(receiving.recv())
        process.kill()
        process.join()
        while True:
            try:
                answered.append(receiving.recv())
            except EOFError:
                return answered


@pytest.mark.parametrize("delivers", [False, True])
async def test_killed_between_commit_and_delivery(hall, delivers):
    """Whatever was answered is done and stays done; asked again with its key it is not repeated; all notices arrive."""
    await hall.act(hall.clerk, vouch())
    for number in range(45):
        hall.add(f"agent-k{number}", Role.MERCHANT, "merchants", "代办")
    owner = hall.merchant("ouyang").person
    gateway, keys = hall.world.hub.gateway, 0
    for acts in (1, 7):
        answered = killed_after(hall, owner, acts, delivers=delivers)
        # One may have been done that nobody was told of; its key is asked for again.
        keys = max(keys, len(answered) + 1)
        for key in (f"k{number}" for number in range(keys)):
            again = await gateway.answer(dying.asked(hall.world.hub, owner, key))
            assert again.body["data"]["delegate"]["granted"] is True
            assert again.body["extensions"].get("replayed") or key not in answered
    assert hall.rows("SELECT count(*) FROM mandates WHERE kind = 'DELEGATE'") == [(keys,)]
    assert len(hall.acts("DELEGATED")) == keys
    hall.world.now = hall.world.now.replace(hour=11)
    told = await hall.delivered()
    assert [one["number"] for one in told] == [number for number in range(1, keys + 2) for _ in ("holder", "entity")]
    assert {one["kind"] for one in told} == {"MANDATE_GRANTED"}
    files = sorted(file.name for file in (hall.world.folder / "outbox").iterdir())
    assert files == [f"{number:012d}-2-MANDATE_GRANTED.json" for number in range(1, keys + 2)]
