"""Attacks on what can be done: guessing without end, names that are somebody else's, recoveries by who is none any more."""

import asyncio
from typing import Any

import pytest
from typer.testing import CliRunner

from auth.roles import Role
from auth.standing import Stopped
from hub.callers.people import MAX_ENTITIES
from hub.callers.stopping import freeze as freeze_in
from hub.callers.stopping import thaw as thaw_in
from hub.callers.tickets import Pending, Wanted, find, keep
from hub.cli import cli
from hub.store.caller_tables import mandates
from hub.store.keys import make_token_key, open_keys, private_token_keys
from hub.store.pulse import beat, follow
from tests.acts.hall import BAKER, BAKERY, GRAIN, Hall, Someone, claiming, delegate, end, freeze, recover, vouch
from tests.acts.test_recovery import administrator, factor, staffed

NOTHING = 'mutation { endMandate(id: "nothing") { ended } }'


def joined(*texts: str) -> str:
    """Several mutations as one."""
    inner = (text.removeprefix("mutation {").removesuffix("}") for text in texts)
    return "mutation {" + " ".join(f"f{number}: {one}" for number, one in enumerate(inner)) + "}"


async def code(hall: Hall, who: Someone, query: str) -> tuple[str, str]:
    """The code of a refusal, and the root field it belongs to."""
    error = (await hall.ask(who, query)).json()["errors"][0]
    return error["extensions"]["code"], error["path"][0]


# ---------------------------------------------------------------- guessing


async def test_guesses_at_a_counter_count_though_the_request_fails(hall):
    """A root field that is bound to fail undoes everything but the tries: the sixth name is not compared."""
    for number in range(2):
        asked = joined(vouch(representative=f"赵{number}"), vouch(representative=f"钱{number}"), NOTHING)
        assert await code(hall, hall.clerk, asked) == ("MANDATE_NOT_FOUND", "f2")
    asked = joined(vouch(representative="孙"), vouch(), NOTHING)
    assert await code(hall, hall.clerk, asked) == ("TOO_MANY_TRIES", "f1")
    assert hall.acts("VOUCHED") == []
    assert hall.rows("SELECT count(*) FROM acts_done") == [(0,)]


async def test_claims_count_though_the_request_fails(small):
    """Somebody with a common name does not find out which entities have a representative of that name."""
    who = Someone("mine", small.real("王伟"))
    for _ in range(5):
        assert await code(small, who, joined(claiming(), NOTHING)) == ("MANDATE_NOT_FOUND", "f1")
    assert await code(small, who, joined(claiming(BAKERY), NOTHING)) == ("TOO_MANY_TRIES", "f0")


async def test_account_names_count_though_the_request_fails(small):
    """A representative does not find out which account names there are."""
    await small.act(small.clerk, vouch())
    owner = small.merchant("ouyang")
    for _ in range(5):
        assert await code(small, owner, joined(delegate("nobody"), NOTHING)) == ("MANDATE_NOT_FOUND", "f1")
    assert await code(small, owner, joined(delegate("agent"), NOTHING)) == ("TOO_MANY_TRIES", "f0")


async def test_guesses_count_though_the_register_is_waited_for(small, monkeypatch):
    """Whoever goes away while the register is asked for something else has tried all the same."""
    fine = small.world.hub.gateway.acts.register.ask

    async def ask(codes: list[str]) -> Any:
        if codes == [BAKERY]:
            raise asyncio.CancelledError
        return await fine(codes)

    monkeypatch.setattr(type(small.world.hub.gateway.acts.register), "ask", lambda _self, codes: ask(codes))
    for number in range(5):
        asked = joined(vouch(representative=f"赵{number}"), vouch(BAKERY, "zhoubai", BAKER))
        with pytest.raises(asyncio.CancelledError):
            await small.ask(small.clerk, asked)
    assert await small.refused(small.clerk, vouch()) == "TOO_MANY_TRIES"


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("written", [" ouyang ", "ou\u200byang", "ouyang" + "\u200b" * 80])
async def test_an_account_name_is_what_is_seen(hall, written):
    """Blanks around it and what can't be seen make no second account that looks like the first."""
    await hall.act(hall.clerk, vouch())
    assert (await hall.act(hall.clerk, vouch(username=written)))["vouch"]["mandate"]["username"] == "ouyang"
    assert hall.rows("SELECT count(*) FROM people WHERE username LIKE '%yang%'") == [(1,)]


async def test_nobody_is_called_like_another_ones_id(small):
    """A delegate who is named by their id is nobody else."""
    victim = small.real("李四")
    assert await small.refused(small.clerk, vouch(username=victim)) == "BAD_USER_INPUT"
    await small.act(small.clerk, vouch())
    made = (await small.act(small.merchant("ouyang"), delegate(victim)))["delegate"]["mandate"]
    assert small.rows(f"SELECT person FROM mandates WHERE id = '{made['id']}'") == [(victim,)]  # noqa: S608


async def test_an_id_that_no_database_takes(hall):
    """It is refused as a text on each kind of store, and what cannot be printed is nobody's."""
    ending = 'mutation { endMandate(id: "a\\u%sb") { ended } }'
    assert await hall.refused(hall.clerk, ending % "0000") == "BAD_USER_INPUT"
    assert await hall.refused(hall.clerk, ending % "0001") == "MANDATE_NOT_FOUND"


async def test_a_clerk_of_another_provider_vouches(hall):
    """The longest id that somebody of another provider has fits on each kind of store."""
    clerk = Someone("counter", f"{'c' * 32}:{'f' * 32}")
    made = (await hall.act(clerk, vouch()))["vouch"]["mandate"]["id"]
    assert (await hall.act(clerk, end(made)))["endMandate"]["ended"] == [made]


async def test_delegates_are_not_crowded_out(hall):
    """Whoever is made delegate of many entities still acts for their own."""
    await hall.act(hall.clerk, vouch())
    owner = hall.merchant("ouyang").person
    row = {"person": owner, "kind": "DELEGATE", "origin": "REPRESENTATIVE", "granted_by": "x", "starts_at": 0}
    rows = [{**row, "id": f"d{n}", "entity": f"0{n:04d}", "reason": "x"} for n in range(MAX_ENTITIES)]
    hall.store(lambda ledger: ledger.connection.execute(mandates.insert(), rows) and None)
    acting = hall.look(lambda ledger: ledger.people.acting(ledger.people.of_id(owner)))
    assert len(acting.standing.bindings["entities"]) == MAX_ENTITIES
    assert GRAIN in acting.standing.bindings["entities"]


async def test_tokens_of_another_account_are_not_ended_again_and_again(hall):
    """Nobody is asked before they are made a delegate; five times an hour is all that one can do to them by it."""
    await hall.act(hall.clerk, vouch())
    owner = hall.merchant("ouyang")
    for _ in range(5):
        made = (await hall.act(owner, delegate()))["delegate"]["mandate"]["id"]
        await hall.act(owner, end(made))
    assert await hall.refused(owner, delegate()) == "TOO_MANY_TRIES"


async def test_mandates_end_with_the_account(small, monkeypatch):
    """A representative whose account is ended leaves no delegates behind; everybody concerned is told."""
    await small.act(small.clerk, vouch())
    await small.act(small.merchant("ouyang"), delegate())
    monkeypatch.setattr("hub.cli_callers.open_for_operator", lambda _config: small.world.hub)
    assert CliRunner().invoke(cli, ["people", "end", "ouyang"]).exit_code == 0
    assert small.rows("SELECT kind, reason FROM mandates ORDER BY kind") == [
        ("DELEGATE", "REPRESENTATIVE_ENDED"),
        ("REPRESENTATIVE", "HOLDER_ENDED"),
    ]
    told = [(one["kind"], one.get("reason")) for one in (await small.delivered())[4:]]
    assert told == [("MANDATE_ENDED", "HOLDER_ENDED"), ("MANDATE_ENDED", "REPRESENTATIVE_ENDED")]


# ---------------------------------------------------------------- recovering


@pytest.mark.parametrize("how", ["ended", "frozen", "frozen and thawed", "password", "demoted", "department"])
async def test_a_word_of_who_is_stopped_counts_no_more(hall, how):
    """The first administrator's account was ended, frozen, changed or demoted meanwhile: it may not have been they."""
    staffed(hall)
    await hall.act(administrator(hall, "first"), recover("officer"))
    first = hall.accounts["first"].id

    def work(ledger):
        at, connection = ledger.now, ledger.connection
        if how == "ended":
            ledger.people.end(first)
        elif how.startswith("frozen"):
            freeze_in(connection, Stopped.PERSON, first, at, "x")
            if how.endswith("thawed"):
                thaw_in(connection, Stopped.PERSON, first, at)
        elif how == "password":
            ledger.people.change_password(first, "x")
        elif how == "demoted":
            ledger.people._set(first, {"role": Role.CLERK.value})
        else:
            ledger.people._set(first, {"department": "hall"})
            freeze_in(connection, Stopped.DEPARTMENT, "hall", at, "x")

    hall.store(work)
    told = (await hall.act(administrator(hall, "second"), recover("officer")))["recover"]
    assert (told["recovered"], told["waiting"]) == (False, True)
    assert factor(hall, "officer") is not None


# ---------------------------------------------------------------- stops


async def test_whoever_is_stopped_while_the_register_is_asked(hall, monkeypatch):
    """The act is not done: neither of a frozen clerk, nor with a token that was ended."""
    register, clerk = hall.world.hub.gateway.acts.register, hall.clerk
    fine = register.ask

    async def ask(codes: list[str]) -> Any:
        hall.store(lambda ledger: freeze_in(ledger.connection, Stopped.PERSON, clerk.person, ledger.now, "x"))
        return await fine(codes)

    monkeypatch.setattr(type(register), "ask", lambda _self, codes: ask(codes))
    assert await hall.refused(clerk, vouch()) == "UNAUTHENTICATED"
    assert hall.rows("SELECT count(*) FROM mandates") == [(0,)]


async def test_of_two_who_freeze_each_other_one_does(small):
    """Whoever comes second is frozen by then, though their worker has not noticed."""
    staffed(small)
    first, second = administrator(small, "first"), administrator(small, "second")
    answers = await asyncio.gather(
        small.ask(first, freeze("PERSON", "second")), small.ask(second, freeze("PERSON", "first"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 401]


@pytest.mark.parametrize("kind", [Stopped.PERSON, Stopped.DEPARTMENT, Stopped.CLIENT])
async def test_a_freeze_ends_sign_ins_under_way(hall, kind):
    """Whoever had proved to be somebody, and not agreed yet, does not go on after a thaw; others do."""
    clerk, other = hall.accounts["clerk"].id, hall.accounts["agent"].id
    name = {Stopped.PERSON: clerk, Stopped.DEPARTMENT: "hall", Stopped.CLIENT: "counter"}[kind]

    def work(ledger):
        for ticket, client, person in (("a", "counter", clerk), ("b", "mine", other), ("c", "mine", None)):
            keep(ledger, Pending(ticket, client, Wanted.CODE, (), "x", ledger.now + 900, person))
        freeze_in(ledger.connection, kind, name, ledger.now, "x")
        return [ticket for ticket in "abc" if find(ledger, ticket, ledger.now) is not None]

    assert hall.store(work) == ["b", "c"]


async def test_a_worker_looks_on_whatever_a_look_finds(small):
    """What fails once – a key that is being written – does not make a worker deaf to stops."""
    database, seen = small.world.hub.database, asyncio.Event()
    failing = [ValueError("half a key")]

    async def changed() -> None:
        if failing:
            raise failing.pop()
        seen.set()

    small.store(lambda ledger: beat(ledger.connection))
    task = asyncio.create_task(follow(database, changed, 0))
    await asyncio.wait_for(seen.wait(), 5)
    task.cancel()


def test_a_key_file_that_cannot_be_read(tmp_path):
    """It is passed over: a worker that cannot read one still takes notice of what is stopped."""
    open_keys(tmp_path)
    kid = make_token_key(tmp_path).kid
    (tmp_path / "token-half.pem").write_bytes(b"-----BEGIN PRIV")
    (tmp_path / "token-folder.pem").mkdir()
    found = private_token_keys(tmp_path)
    assert len(found) == 2
    assert kid in found
