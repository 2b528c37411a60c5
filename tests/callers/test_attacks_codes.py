"""Attacks on what is exchanged for tokens – codes, refresh tokens, codes of devices: once more, by others, for more, late."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from hub.clock import Clock
from tests.callers.intruder import (
    CHALLENGE,
    VERIFIER,
    Browser,
    asked,
    asks,
    at_once,
    decoded,
    ends,
    exchange,
    parameters,
    place,
    post,
    proof,
    renew,
    web,
)
from tests.callers.stand import BACK, Stand, standing

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Scene:
    """A hub whose time is moved, and a browser in which the clerk is signed in."""

    stand: Stand
    clerk: Browser
    moved: list[timedelta]

    def later(self, seconds: float) -> None:
        """Let time go by."""
        self.moved.append(timedelta(seconds=seconds))

    def device(self, scope: str = "") -> dict[str, Any]:
        """Codes of a device that waits for its person."""
        form = {"client_id": "tablet", **({"scope": scope} if scope else {})}
        return dict(post(self.stand, "/oauth/device", form).raise_for_status().json())

    def agree(self, user_code: str, name: str = "officer", decision: str = "allow") -> None:
        """Have a person decide on a device in a browser of their own."""
        browser = Browser(self.stand)
        page = browser.web.get("/oauth/device", params={"user_code": user_code})
        page = browser.follow(browser.post(page, user_code=user_code))
        page = browser.enter(page, name)
        assert place(page) == "/oauth/device/confirm"
        browser.post(page, decision=decision)

    def poll(self, device_code: str, client: str = "tablet", **more: str) -> Any:
        """What a device is answered."""
        form = {"grant_type": DEVICE_CODE, "device_code": device_code, **more}
        if client == "tablet":
            return post(self.stand, "/oauth/token", {**form, "client_id": client})
        return post(self.stand, "/oauth/token", form, client)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The scene of these attacks."""
    moved: list[timedelta] = []
    clock = Clock(lambda: datetime.now(UTC) + sum(moved, timedelta()))
    with standing(tmp_path_factory.mktemp("codes"), clock=clock) as stand:
        clerk = Browser(stand)
        clerk.consent("clerk")
        yield Scene(stand, clerk, moved)


def test_a_code_that_comes_again_ends_what_it_began(scene):
    """The second exchange is refused, and the tokens of the first hold no more."""
    code = scene.clerk.code("clerk")
    told = exchange(scene.stand, code).json()
    assert asks(scene.stand, told["access_token"]).status_code == 200
    assert exchange(scene.stand, code).json()["error"] == "invalid_grant"
    assert ends(scene.stand, told["access_token"])
    assert renew(scene.stand, told["refresh_token"]).json()["error"] == "invalid_grant"


WRONG: dict[str, dict[str, str]] = {
    "for another redirect URI of the client": {"redirect_uri": "http://127.0.0.1:10/back"},
    "for a redirect URI with a slash more": {"redirect_uri": f"{BACK}/"},
    "for no redirect URI": {"redirect_uri": ""},
    "with another verifier": {"code_verifier": "w" * 43},
    "without a verifier": {"code_verifier": ""},
    "with a verifier that is too short": {"code_verifier": VERIFIER[:42]},
    "with a verifier that is too long": {"code_verifier": VERIFIER * 3},
    "with the challenge as the verifier": {"code_verifier": CHALLENGE},
    "with a verifier of other characters": {"code_verifier": VERIFIER[:42] + "\n"},
    "plain": {"code_verifier": CHALLENGE, "code_challenge_method": "plain"},
    "with more behind it": {"code": "x"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_code_is_exchanged_as_it_was_asked_for(wrong, scene):
    """Whoever has a code and changes anything gets nothing, and its client can still use it."""
    code = scene.clerk.code("clerk")
    changed = {name: code + value if name == "code" else value for name, value in WRONG[wrong].items()}
    refused = exchange(scene.stand, code, **changed)
    assert (refused.status_code, refused.json()["error"] in {"invalid_grant", "invalid_request"}) == (400, True)
    assert exchange(scene.stand, code).status_code == 200


@pytest.mark.parametrize("client", ["field", "pushing", "machine", "auditor"])
def test_a_code_is_exchanged_by_its_client(client, scene):
    """Another client gets nothing for it and cannot burn it, proven or not."""
    code = scene.clerk.code("clerk")
    refused = exchange(scene.stand, code, client)
    assert refused.json()["error"] in {"invalid_grant", "unauthorized_client"}
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    for name in ("tablet", "portal", "nobody"):
        assert post(scene.stand, "/oauth/token", {**form, "client_id": name}).status_code == 400
    assert exchange(scene.stand, code).status_code == 200


def test_a_code_ends_after_a_minute(scene):
    """Late, it is worth nothing."""
    code, other = scene.clerk.code("clerk"), scene.clerk.code("clerk")
    scene.later(50)
    assert exchange(scene.stand, other).status_code == 200
    scene.later(11)
    assert exchange(scene.stand, code).json()["error"] == "invalid_grant"


def test_of_twenty_exchanges_at_once_one_brings_tokens(scene):
    """Of parallel redemptions of one code exactly one wins, and what it won ends, for the code came again."""
    code = scene.clerk.code("clerk")
    told = at_once(20, lambda: exchange(scene.stand, code))
    won = [one for one in told if one.status_code == 200]
    assert len(won) == 1
    assert {one.json()["error"] for one in told if one not in won} == {"invalid_grant"}
    assert ends(scene.stand, won[0].json()["access_token"])


def test_of_twenty_renewals_at_once_one_brings_tokens(scene):
    """The same of a refresh token: one wins, and the family ends."""
    first = scene.clerk.tokens("clerk")
    told = at_once(20, lambda: renew(scene.stand, first["refresh_token"]))
    won = [one for one in told if one.status_code == 200]
    assert len(won) == 1
    assert ends(scene.stand, won[0].json()["access_token"])
    assert renew(scene.stand, won[0].json()["refresh_token"]).json()["error"] == "invalid_grant"


def test_of_twenty_polls_at_once_one_brings_tokens(scene):
    """The same of a device's code."""
    told = scene.device()
    scene.agree(told["user_code"])
    answers = at_once(20, lambda: scene.poll(told["device_code"]))
    won = [one for one in answers if one.status_code == 200]
    assert len(won) == 1
    assert scene.poll(told["device_code"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_that_comes_again_ends_its_family(scene):
    """Used once more, by whomever, everything that followed from it ends."""
    first = scene.clerk.tokens("clerk")
    second = renew(scene.stand, first["refresh_token"]).json()
    third = renew(scene.stand, second["refresh_token"]).json()
    assert asks(scene.stand, third["access_token"]).status_code == 200
    assert renew(scene.stand, first["refresh_token"]).json()["error"] == "invalid_grant"
    assert ends(scene.stand, third["access_token"])
    assert renew(scene.stand, third["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_is_renewed_by_its_client(scene):
    """Another client gets nothing for it and cannot end its family."""
    first = scene.clerk.tokens("clerk")
    for client in ("field", "pushing", "bound"):
        refused = renew(scene.stand, first["refresh_token"], client).json()
        assert refused["error"] in {"invalid_grant", "invalid_dpop_proof"}
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "client_id": "tablet"}
    assert post(scene.stand, "/oauth/token", form).json()["error"] == "invalid_grant"
    second = renew(scene.stand, first["refresh_token"]).json()
    assert renew(scene.stand, first["refresh_token"], "field").json()["error"] == "invalid_grant"
    assert post(scene.stand, "/oauth/token", form).json()["error"] == "invalid_grant"
    assert renew(scene.stand, second["refresh_token"]).status_code == 200


WIDER: dict[str, tuple[str, str]] = {
    "another scope": ("entity.identity", "entity.register"),
    "one scope more": ("entity.identity", "entity.identity entity.register"),
    "no scope of fields, which would be all of them": ("openid entity.identity", "openid"),
    "an identity": ("entity.identity", "openid entity.identity"),
    "an identity where nothing was named": ("", "openid"),
    "renewal": ("openid entity.identity", "openid entity.identity offline_access"),
    "a scope that there is not": ("entity.identity", "entity.everything"),
    "the same scope twice": ("entity.identity", "entity.identity entity.identity"),
}


@pytest.mark.parametrize("wider", WIDER)
def test_an_exchange_brings_no_more_than_was_agreed_to(wider, scene):
    """Scopes that a client asks for when it exchanges its code are those its person has seen, or fewer."""
    agreed, wanted = WIDER[wider]
    code = scene.clerk.code("clerk", scope=agreed or None)
    assert exchange(scene.stand, code, scope=wanted).json()["error"] == "invalid_scope"
    told = exchange(scene.stand, code).json()
    assert decoded(told["access_token"]).get("scope", "") == agreed.replace("openid", "").strip()


@pytest.mark.parametrize("wanted", ["openid offline_access", "openid entity.register offline_access", "entity.contact"])
def test_a_renewal_brings_no_more_than_was_agreed_to(wanted, scene):
    """The same where a client renews: also leaving every scope of fields out would be more."""
    told = scene.clerk.tokens("clerk", scope="openid entity.identity offline_access")
    assert renew(scene.stand, told["refresh_token"], scope=wanted).json()["error"] == "invalid_scope"
    again = renew(scene.stand, told["refresh_token"]).json()
    assert decoded(again["access_token"])["scope"] == "entity.identity"


def test_a_device_brings_no_more_than_was_agreed_to(scene):
    """The same where a device polls."""
    told = scene.device("entity.identity")
    scene.later(30)
    scene.agree(told["user_code"])
    assert scene.poll(told["device_code"], scope="entity.identity entity.register").json()["error"] == "invalid_scope"
    assert decoded(scene.poll(told["device_code"]).json()["access_token"])["scope"] == "entity.identity"


def test_purposes_and_resource_are_not_widened(scene):
    """A purpose beyond those agreed to is refused, and so is a resource that is not the hub."""
    code = scene.clerk.code("clerk", purposes="SERVICE")
    assert exchange(scene.stand, code, purposes="SERVICE INSPECTION").json()["error"] == "invalid_grant"
    assert exchange(scene.stand, code, resource="https://elsewhere.example").json()["error"] == "invalid_target"
    assert decoded(exchange(scene.stand, code).json()["access_token"])["purposes"] == ["SERVICE"]


UNCHALLENGED: dict[str, dict[str, str | None]] = {
    "no challenge": {"code_challenge": None, "code_challenge_method": None},
    "a method without a challenge": {"code_challenge": None},
    "a challenge without a method": {"code_challenge_method": None},
    "plain": {"code_challenge_method": "plain"},
    "plain by another name": {"code_challenge_method": "PLAIN"},
    "another spelling": {"code_challenge_method": "s256"},
    "another digest": {"code_challenge_method": "S512"},
    "an empty challenge": {"code_challenge": ""},
    "a short challenge": {"code_challenge": CHALLENGE[:42]},
    "a long challenge": {"code_challenge": CHALLENGE + "A"},
    "a challenge of other characters": {"code_challenge": CHALLENGE[:42] + "="},
}


@pytest.mark.parametrize("way", UNCHALLENGED)
def test_a_request_without_a_good_challenge_is_sent_back(way, scene):
    """No client is trusted without PKCE: neither in the browser nor pushed does such a request begin a sign-in."""
    said = asked("portal", **UNCHALLENGED[way])
    told = web(scene.stand).get("/oauth/authorize", params=said)
    assert told.status_code == 303
    back = told.headers["location"]
    assert (back.partition("?")[0], parameters(back)["error"]) == (BACK, "invalid_request")
    pushed = post(scene.stand, "/oauth/par", said, "portal")
    assert (pushed.status_code, pushed.json()["error"]) == (400, "invalid_request")


LOST: dict[str, Callable[[Scene, dict[str, Any]], Any]] = {
    "another client": lambda scene, told: post(
        scene.stand,
        "/oauth/token",
        {"grant_type": DEVICE_CODE, "device_code": told["device_code"]},
        "bound",
        dpop=proof(
            OKPKey.generate_key("Ed25519"),
            f"{scene.stand.url}/oauth/token",
            iat=int(scene.stand.hub.gateway.clock.seconds()),
        ),
    ),
    "its person's code": lambda scene, told: scene.poll(told["user_code"]),
    "a code that is longer": lambda scene, told: scene.poll(told["device_code"] + "x"),
}


@pytest.mark.parametrize("way", LOST)
def test_a_device_s_code_opens_nothing_for_others(way, scene):
    """Another client, or who has seen what its person types, gets nothing."""
    assert LOST[way](scene, scene.device()).json()["error"] == "invalid_grant"


def test_a_device_waits_for_its_person(scene):
    """Before anybody agreed nothing is given; asking too often makes it wait longer; refused or late it is over."""
    told, late = scene.device(), scene.device()
    assert scene.poll(told["device_code"]).json()["error"] == "authorization_pending"
    assert scene.poll(told["device_code"]).json()["error"] == "slow_down"
    scene.later(30)
    scene.agree(told["user_code"], decision="deny")
    scene.later(30)
    assert scene.poll(told["device_code"]).json()["error"] == "access_denied"
    scene.later(600)
    assert scene.poll(late["device_code"]).json()["error"] == "expired_token"
