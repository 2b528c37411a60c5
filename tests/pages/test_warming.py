"""What a page of a code is made of is made after the start: whoever scans first waits for nothing that is made but once."""

import asyncio
import subprocess
import sys

import pytest
from jinja2 import Environment

from hub import warming
from hub.app import code_pages
from hub.callers.possession import Possession
from hub.errors import HubError
from hub.pages.question import Asking
from hub.plan import planner
from hub.shape import compiler
from hub.web import code_page


@pytest.fixture
def made(monkeypatch):
    """Counts what is made but once: templates, cuts of the schema, plans, shapers."""
    counts = dict.fromkeys(("template", "schema", "plan", "shaper"), 0)

    def counting(name, place, attribute):
        original = getattr(place, attribute)

        def count(*args, **named):
            counts[name] += 1
            return original(*args, **named)

        monkeypatch.setattr(place, attribute, count)

    counting("template", Environment, "compile")
    counting("schema", planner.Planner, "_validated")
    counting("plan", planner, "build_plan")
    counting("shaper", compiler, "compile_shaper")
    code_page._environment.cache_clear()
    return counts


def pages_of(hub):
    """The pages of a hub, none of which are made."""
    found = code_pages(hub, Possession(hub.attendant))
    assert found is not None
    return found


async def test_the_first_page_makes_nothing(small, made):
    """After the start has settled, the first scan compiles no template, cuts no schema, plans nothing; no source was asked."""
    token, hub = (await small.issued())["token"], small.hall.world.hub
    before, entries = dict(made), len(small.hall.entries())
    small.hall.world.calls.clear()
    await warming.make_ready(hub.gateway, pages_of(hub))
    assert small.hall.world.calls == []
    assert len(small.hall.entries()) == entries
    ready = dict(made)
    assert all(ready[name] > before[name] for name in ready), ready
    assert (await small.get(f"/c/{token}")).status_code == 200
    assert (await small.get("/c/nobody")).status_code == 404
    assert made == ready


async def test_without_it_the_first_page_makes_all(small, made):
    """What the test above looks at is what a first scan would have to make."""
    token, before = (await small.issued())["token"], dict(made)
    assert (await small.get(f"/c/{token}")).status_code == 200
    assert all(made[name] > before[name] for name in made), made


async def test_a_start_waits_for_none_of_it(small, monkeypatch):
    """It is made while others are served; one that ends before does not make it."""
    hub, begun = small.hall.world.hub, asyncio.Event()

    async def begin(*_):
        begun.set()

    monkeypatch.setattr(warming, "make_ready", begin)
    async with warming.warming(hub.gateway, pages_of(hub), after=30):
        await asyncio.sleep(0)
    assert not begun.is_set()
    async with warming.warming(hub.gateway, pages_of(hub), after=0):
        await begun.wait()
    begun.clear()
    async with warming.warming(hub.gateway, None, after=0):
        await asyncio.sleep(0.01)
    assert not begun.is_set()


async def test_what_cannot_be_made_ready_stops_nothing(small, monkeypatch):
    """A question that can't be asked in this city is told to whoever comes, as without it."""
    hub = small.hall.world.hub
    done = asyncio.Event()

    def refuse(_self):
        done.set()
        raise HubError("PURPOSE_DENIED")

    monkeypatch.setattr(Asking, "make_ready", refuse)
    async with warming.warming(hub.gateway, pages_of(hub), after=0):
        await done.wait()
        await asyncio.sleep(0.01)
    assert (await small.get("/c")).status_code == 200


async def test_routes_are_made_once(small):
    """Whoever comes first and the task after the start get the same ones: one counter of misses, not two."""
    later = pages_of(small.hall.world.hub)
    assert later.make() is later.make()


def test_wiring_a_hub_loads_no_page():
    """What warms the pages does not load them with the start."""
    code = "import sys, hub.app; print(sorted({'jinja2', 'hub.pages.shops', 'hub.web.code_page'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
