"""`chengxin-hub cases`: what whoever audits sees of cases nobody knew, and the sample they draw."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from auth.admission import Credentials
from auth.tokens import Terms
from hub.answer import OnDenied
from hub.cli import cli
from hub.gateway import Request
from tests.cases.cabinet import KNOWN, NOWHERE, filed
from tests.golden.folder import NOW
from tests.golden.world import open_world

DAYS = "366"
TEXT = '{ entity(uscc: "91231282MA9X0A019P") { name } }'


@pytest.fixture
async def config(tmp_path):
    """A configuration in whose record twelve questions stand, ten of which named a case nobody knows."""
    async with open_world(tmp_path, filed) as world:
        token = world.hub.issuer.issue("officer", NOW, timedelta(minutes=10), Terms())
        for number in range(12):
            credentials = Credentials(token, "INSPECTION", KNOWN if number < 2 else NOWHERE)
            await world.hub.gateway.answer(Request(TEXT, None, {}, credentials, OnDenied.PARTIAL, f"r{number}"))
        yield world.folder / "hub.toml"


def said(config, *words):
    """Exit code and lines of a command."""
    result = CliRunner().invoke(cli, ["cases", *words, "--config", str(config)])
    return result.exit_code, result.output.splitlines()


def days_since(monkeypatch):
    """Have commands take the instant of the golden world for now."""
    monkeypatch.setattr("hub.clock.time.time", NOW.timestamp)


async def test_cases_are_listed_by_digest(config, monkeypatch):
    """With how many questions named them; the number itself is nowhere."""
    days_since(monkeypatch)
    code, (line,) = said(config, "list")
    assert code == 0
    assert line.split()[1:5] == ["market", "INSPECTION", "UNVERIFIED", "10"]
    assert NOWHERE not in line


async def test_a_sample_is_drawn(config, monkeypatch):
    """A share of them, the same for the same seed, another one for another."""
    days_since(monkeypatch)
    code, (told, *positions) = said(config, "sample", "--share", "30", "--seed", "审计一")
    assert (code, len(positions)) == (0, 3)
    assert "审计一" in told
    assert said(config, "sample", "--share", "30", "--seed", "审计一")[1] == [told, *positions]
    others = {tuple(said(config, "sample", "--share", "30", "--seed", f"s{number}")[1][1:]) for number in range(6)}
    assert len(others) > 1
    assert len(said(config, "sample")[1]) == 2


@pytest.mark.parametrize("wrong", [("--share", "0"), ("--share", "101"), ("--days", "0"), ("--seed", "")])
async def test_what_is_no_sample_is_refused(config, wrong):
    """Nothing, more than all, no day, no seed."""
    assert said(config, "sample", *wrong)[0] == 2
