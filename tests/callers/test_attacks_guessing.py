"""Attacks on passwords and codes by trying, and on those who own them by locking them out; who exists is not told."""

import re
import statistics
import time
from collections.abc import Iterator
from itertools import count

import httpx2
import pytest

from auth.roles import Role
from auth.server import passwords
from hub.app import wire
from hub.callers.ledger import StoreLedger
from hub.callers.throttle import FREE, FREE_FOR_NETWORK, Throttle, network_of, sign_in_counters
from hub.settings import load_settings
from tests.callers.intruder import Browser, at_once, hidden, parameters, place, post
from tests.callers.stand import PASSWORD, Stand, configure, free_port, served, standing

WRONG = "wrong horse battery"
_NETWORKS = count(1)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A hub behind a proxy that says where requests come from; what is tried here is counted nowhere else."""
    proxies = '[sign_in]\ntrusted_proxies = ["127.0.0.0/8"]'
    with standing(tmp_path_factory.mktemp("guessing"), more=proxies) as running:
        yield running


def network() -> str:
    """An address in a network from which nobody has come yet."""
    number = next(_NETWORKS)
    return f"10.{number // 256}.{number % 256}.7"


def browser_from(stand: Stand, address: str) -> Browser:
    """A browser somewhere."""
    return Browser(stand, **{"x-forwarded-for": address})


def tried(stand: Stand, name: str, address: str, password: str = WRONG) -> httpx2.Response:
    """What a name and a password are answered in a browser that nobody knows."""
    browser = browser_from(stand, address)
    return browser.post(browser.begin(), username=name, password=password)


def told(page: httpx2.Response, name: str) -> tuple[str, dict[str, str]]:
    """What a page says, without what is another on every page and without the name that was typed."""
    fields = hidden(page)
    text = page.text.replace(fields["csrf"], "CSRF").replace(fields["ticket"], "TICKET").replace(name, "NAME")
    return text, {key: value for key, value in page.headers.items() if key not in {"date", "content-length"}}


def failed(stand: Stand, names: list[str], address: str) -> None:
    """Have wrong passwords of these names counted from there, as if they had been tried."""
    here = network_of(address, [], [])

    def work(ledger: StoreLedger) -> None:
        throttle = Throttle(ledger.connection, stand.hub.attendant.vault, ledger.now)
        for name in names:
            throttle.fail(sign_in_counters(name, here, None))

    stand.act(work)


def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(stand):
    """Text, status and headers are the same, tried once or too often."""
    here, there = network(), network()
    for status in (401, 429):
        known, unknown = tried(stand, "clerk", here), tried(stand, "klerc", there)
        assert (known.status_code, unknown.status_code) == (status, status)
        assert told(known, "clerk") == told(unknown, "klerc")
        failed(stand, ["clerk"] * FREE, here)
        failed(stand, ["klerc"] * FREE, there)


def test_a_name_that_nobody_has_takes_as_long(stand, password_cost, monkeypatch):
    """Tries take about as long, at what passwords cost in earnest: nobody learns from the time who exists."""
    monkeypatch.setattr(passwords, "COST", password_cost)
    stand.add("matron", Role.CLERK)
    times: dict[str, list[float]] = {"matron": [], "matrun": []}
    for _ in range(8):
        for name, taken in times.items():
            browser = browser_from(stand, network())
            page = browser.begin()
            began = time.perf_counter()
            assert browser.post(page, username=name, password=WRONG).status_code == 401
            taken.append(time.perf_counter() - began)
    known, unknown = (1000 * statistics.median(taken) for taken in times.values())
    print(f"medians of a known and an unknown name: {known:.1f} ms, {unknown:.1f} ms")  # noqa: T201 - measured
    assert 1 / 3 < known / unknown < 3


def test_a_name_is_one_however_it_is_written(stand):
    """Blanks and capitals bring no fresh tries, and let nobody in who has to wait."""
    here = network()
    failed(stand, ["auditor"] * (FREE - 2), here)
    for name in (" AUDITOR", "Auditor "):
        assert tried(stand, name, here).status_code == 401
    for name in ("aUDITOR", "auditor"):
        assert tried(stand, name, here, PASSWORD).status_code == 429


def test_nobody_is_locked_out_by_another_s_tries(stand):
    """After thirty wrong passwords the owner comes in with a browser they have used, and from anywhere else."""
    stand.add("owner", Role.CLERK)
    here = network()
    known = browser_from(stand, here)
    known.enter(known.begin(), "owner")
    statuses = [tried(stand, "owner", here).status_code for _ in range(30)]
    assert statuses == [401] * FREE + [429] * (30 - FREE)
    assert tried(stand, "owner", here, PASSWORD).status_code == 429
    assert place(known.enter(known.begin(prompt="login"), "owner")) == "/oauth/consent"
    elsewhere = browser_from(stand, network())
    assert place(elsewhere.enter(elsewhere.begin(), "owner")) == "/oauth/consent"


def test_a_browser_is_known_for_its_own_person_alone(stand):
    """Neither the cookie of another's browser nor one made by hand brings tries beside those of the network."""
    here = network()
    own = browser_from(stand, here)
    own.enter(own.begin(), "clerk")
    made = own.web.cookies["hub_browser"]
    failed(stand, ["nurse"] * FREE, here)
    for cookie in (made, made.partition(".")[0], f"x.{'0' * 64}", "", f"{made}x", "\"'"):
        browser = browser_from(stand, here)
        browser.web.cookies.set("hub_browser", cookie)
        assert browser.post(browser.begin(), username="nurse", password=PASSWORD).status_code == 429
    own.web.cookies.delete("hub_session")
    assert own.post(own.begin(), username="nurse", password=PASSWORD).status_code == 429


def test_a_known_browser_waits_too(stand):
    """Whoever has got hold of it tries no more often than others."""
    stand.add("careless", Role.CLERK)
    browser = browser_from(stand, network())
    browser.enter(browser.begin(), "careless")
    statuses = []
    for _ in range(FREE + 2):
        page = browser.begin(prompt="login")
        statuses.append(browser.post(page, username="careless", password=WRONG).status_code)
    assert statuses == [401] * FREE + [429] * 2


def test_tries_that_come_together_are_counted(stand):
    """Forty passwords at once are no forty tries: beyond the free ones only those that were under way already."""
    here = network()
    browsers = [browser_from(stand, here) for _ in range(40)]
    opened = [(browser, browser.begin()) for browser in browsers]
    statuses = at_once(40, lambda: (one := opened.pop())[0].post(one[1], username="lapsed", password=WRONG).status_code)
    assert statuses.count(401) <= FREE + 2
    assert set(statuses) <= {401, 429, 503}


def test_one_password_for_many_names_is_slowed(stand):
    """From one network, names that were each tried once make whoever tries wait, whether they exist or not."""
    here = network()
    failed(stand, [f"name-{number}" for number in range(FREE_FOR_NETWORK - 3)], here)
    statuses = [tried(stand, name, here).status_code for name in ("clerk", "klerc", "nurse", "nobody", "auditor")]
    assert statuses == [401] * 3 + [429] * 2
    assert tried(stand, "officer", here, PASSWORD).status_code == 429
    assert tried(stand, "officer", network(), PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "chain", ["{}", "{}, 127.0.0.1", "127.0.0.1, {}", "1.2.3.4, {}", "garbage, {}", "{}, 127.0.0.9"]
)
def test_the_proxy_is_believed_and_nobody_before_it(chain, stand):
    """What the caller put into the header itself stands further left, and is not read."""
    here = network()
    failed(stand, ["clerk"] * FREE, here)
    assert tried(stand, "clerk", chain.format(here)).status_code == 429
    assert tried(stand, "clerk", chain.format(network())).status_code == 401


def test_a_header_brings_no_fresh_tries_where_no_proxy_is_trusted(tmp_path):
    """Somebody who connects by themselves is counted by their own address, whatever they say."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    alone = Stand(wire(load_settings(configure(tmp_path, url))), url)
    failed(alone, ["clerk"] * FREE, "127.0.0.1")
    with served(alone.hub, port):
        assert tried(alone, "clerk", network()).status_code == 429
        for name in ("x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "x-forwarded-host"):
            browser = Browser(alone, **{name: network(), "forwarded": f"for={network()}"})
            assert browser.post(browser.begin(), username="clerk", password=WRONG).status_code == 429


def at_the_code(stand: Stand, name: str, address: str) -> tuple[Browser, httpx2.Response]:
    """A browser in which a name and the right password were given, and the page that asks for a code."""
    browser = browser_from(stand, address)
    page = browser.follow(browser.post(browser.begin(), username=name, password=PASSWORD))
    assert place(page) == "/oauth/second-factor"
    return browser, page


def wrong_code(browser: Browser, name: str) -> str:
    """Six digits that no step near shows."""
    near = {browser.one_time(name, steps) for steps in range(-3, 4)}
    return next(f"{number:06}" for number in range(100) if f"{number:06}" not in near)


def test_trying_codes_ends_the_sign_in(stand):
    """After five wrong codes it is over: the right one comes too late."""
    stand.add("guarded", Role.OFFICER)
    browser, page = at_the_code(stand, "guarded", network())
    bad = wrong_code(browser, "guarded")
    assert [browser.post(page, code=bad).status_code for _ in range(5)] == [401] * 5
    assert browser.post(page, code=browser.one_time("guarded")).status_code == 400
    assert browser.web.get(str(page.url)).status_code == 400


def test_codes_that_come_together_are_counted(stand):
    """Of thirty codes at once five are looked at, the last of which ends the sign-in; all others come too late."""
    stand.add("rushed", Role.OFFICER)
    browser, page = at_the_code(stand, "rushed", network())
    bad = wrong_code(browser, "rushed")
    answers = at_once(30, lambda: browser.post(page, code=bad))
    assert sum('role="alert"' in one.text for one in answers) == 4
    assert {one.status_code for one in answers} <= {400, 401}
    assert browser.post(page, code=browser.one_time("rushed")).status_code == 400


def test_trying_codes_in_many_sign_ins_makes_wait(stand):
    """Who knows the password gets twenty codes, then waits; the owner does not, in a browser they have used."""
    stand.add("betrayed", Role.OFFICER)
    owner, page = at_the_code(stand, "betrayed", network())
    assert owner.post(page, code=owner.one_time("betrayed", -1)).status_code == 303
    for _ in range(4):
        thief, page = at_the_code(stand, "betrayed", network())
        for _ in range(5):
            assert thief.post(page, code=wrong_code(thief, "betrayed")).status_code == 401
    thief, page = at_the_code(stand, "betrayed", network())
    assert thief.post(page, code=thief.one_time("betrayed")).status_code == 429
    page = owner.follow(owner.post(owner.begin(prompt="login"), username="betrayed", password=PASSWORD))
    assert owner.post(page, code=owner.one_time("betrayed")).status_code == 303


def test_a_code_is_taken_once(stand):
    """The code that let somebody in lets nobody in again, in no other browser and not at the same moment."""
    stand.add("watched", Role.OFFICER)
    opened = [at_the_code(stand, "watched", network()) for _ in range(5)]
    (last, page), code = opened.pop(), opened[0][0].one_time("watched")
    waiting = list(opened)
    statuses = at_once(4, lambda: (one := waiting.pop())[0].post(one[1], code=code).status_code)
    assert sorted(statuses) == [303, 401, 401, 401]
    assert last.post(page, code=code).status_code == 401
    assert last.post(page, code=last.one_time("watched", -1)).status_code == 401
    assert last.post(page, code=last.one_time("watched", 1)).status_code == 303


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666", "-12345"])
def test_what_is_no_code_is_none(code, stand):
    """Other lengths, letters and other digits are wrong codes, and no failure."""
    if "shaped" not in stand.people:
        stand.add("shaped", Role.OFFICER)
    browser, page = at_the_code(stand, "shaped", network())
    assert browser.post(page, code=code).status_code == 401


def test_trying_codes_of_devices_makes_wait(stand):
    """Five codes that no device has, and the next one is not even looked at, be it right."""
    right = post(stand, "/oauth/device", {"client_id": "tablet"}).json()["user_code"]
    browser = browser_from(stand, network())
    page = browser.web.get("/oauth/device")
    statuses = [browser.post(page, user_code=f"BCDF-GHJ{letter}").status_code for letter in "KLMNPQ"]
    assert statuses == [400] * FREE + [429]
    assert browser.post(page, user_code=right).status_code == 429
    other = browser_from(stand, network())
    assert other.post(other.web.get("/oauth/device"), user_code=right).status_code == 303


def test_a_changed_password_ends_what_an_attacker_began(stand):
    """Sign-ins under way, sessions and consents that waited end with the password they began with."""
    stand.add("changing", Role.CLERK)
    stand.add("recovering", Role.OFFICER)
    thief = browser_from(stand, network())
    consent = thief.consent("changing")
    half, code = at_the_code(stand, "recovering", network())
    for name in ("changing", "recovering"):
        known = stand.accounts[name].id
        stand.act(lambda ledger, known=known: ledger.people.change_password(known, ledger.people.of_id(known).password))
    told = thief.post(consent, decision="allow")
    assert (told.status_code, "location" in told.headers) == (400, False)
    assert place(thief.begin()) == "/oauth/sign-in"
    assert half.post(code, code=half.one_time("recovering")).status_code == 400


def test_the_sign_in_in_which_a_password_is_changed_goes_on(stand):
    """Who was given a first password and replaces it comes through to the client."""
    stand.add("beginning", Role.CLERK, must_change=True)
    browser = browser_from(stand, network())
    page = browser.follow(browser.post(browser.begin(), username="beginning", password=PASSWORD))
    assert place(page) == "/oauth/password"
    new = "another horse entirely"
    page = browser.follow(browser.post(page, current=PASSWORD, new=new, repeat=new))
    assert place(page) == "/oauth/consent"
    assert "code" in parameters(browser.post(page, decision="allow").headers["location"])


def test_what_was_tried_is_forgotten_little_by_little(stand):
    """Slips of a house full of people do not add up for ever, and a long attack leaves its network no year of waiting."""
    vault, here = stand.hub.attendant.vault, "192.0.2.0/24"
    counters = sign_in_counters("slip", here, None)[1:]

    def work(ledger) -> list[int]:
        waits, now = [], ledger.now
        for number in range(500):
            throttle = Throttle(ledger.connection, vault, now + 1000 * number)
            throttle.fail(counters)
            waits.append(throttle.wait(counters))
        for _ in range(500):
            Throttle(ledger.connection, vault, now + 600_000).fail(counters)
        waits.append(Throttle(ledger.connection, vault, now + 600_000 + 12 * 3600).wait(counters))
        Throttle(ledger.connection, vault, now + 600_000 + 12 * 3600).fail(counters)
        return [*waits, Throttle(ledger.connection, vault, now + 600_000 + 12 * 3600).wait(counters)]

    assert set(stand.act(work)) == {0}


def test_no_page_tells_who_signed_in_before(stand):
    """A browser in which somebody has signed in shows nobody's name to who opens it after they have left."""
    browser = browser_from(stand, network())
    browser.enter(browser.begin(), "clerk")
    browser.post(browser.web.get("/oauth/sign-out"))
    page = browser.begin()
    assert not re.search("\u6d4b\u8bd5clerk|value=.clerk", page.text)
