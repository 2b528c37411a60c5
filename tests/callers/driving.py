"""The three clients at the stand: a job goes in, an answer comes out, whichever of them does it.

A job is that of tests/clients/job.mjs. Authlib's client, which knows no DPoP, no pushed requests and no device codes of
its own, does what it can of it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final, TypeAlias

import httpx2
import pytest
from authlib.integrations.base_client import OAuthError
from joserfc import jwt
from joserfc.jwk import Key, KeySet

from auth.roles import Role
from tests.callers.stand import BACK, CERTIFIED, Stand
from tests.clients import authlib_client
from tests.clients.authlib_client import Client
from tests.clients.browser import TLS, Person
from tests.clients.running import DRIVERS, Doing, Driver, DriverError

Telling: TypeAlias = Callable[[str, Mapping[str, Any]], dict[str, Any]]
AUTHLIB: Final = "authlib"
CLIENTS: Final = (*DRIVERS, AUTHLIB)
AUDIENCE: Final = "chengxin-hub"
KEYLESS: Final = ("tablet",)
PROVING_KEY: Final = ("signing",)
WITHIN: Final = 1.0
"""Seconds in which what is stopped is felt."""
WHO: Final = '{ me { client department role person } purposes { code } catalogue(record: "Entity") { field standing } }'


def job_of(stand: Stand, client: str, flow: str, person: Person | None = None, **more: Any) -> dict[str, Any]:
    """A job of a client of the stand, which proves itself as it is registered."""
    known: dict[str, Any] = {"issuer": stand.url, "client_id": client, "flow": flow, "redirect_uri": BACK}
    purpose = more.pop("purpose", "INSPECTION" if client == "tablet" else "SERVICE")
    known["graphql"] = {"url": f"{stand.url}/graphql", "query": WHO, "purpose": purpose}
    if client in PROVING_KEY:
        key = stand.keys[more.pop("alg", "Ed25519")]
        known |= {"private_key_jwk": key.as_dict(private=True), "alg": key.get("alg")}
    elif client not in KEYLESS:
        known["client_secret"] = stand.secrets[client]
    if person is not None:
        known["person"] = {name: value for name, value in asdict(person).items() if value is not None}
    return known | more


def telling(drivers: Mapping[Driver, Doing]) -> Telling:
    """Has a client do a job; DriverError, or OAuthError where Authlib's client did it, if that failed."""
    doing: dict[str, Doing] = dict(drivers.items())

    def told(who: str, job: Mapping[str, Any]) -> dict[str, Any]:
        return _AUTHLIB[job["flow"]](job) if who == AUTHLIB else doing[who](job)

    return told


def refusal(told: Telling, who: str, job: Mapping[str, Any]) -> str:
    """The error with which a client is refused."""
    with pytest.raises((DriverError, OAuthError)) as refused:
        told(who, job)
    return str(refused.value.error)


def officer(stand: Stand, certificate: str | None = CERTIFIED) -> Person:
    """An officer of the market with this certificate, whose next code is taken although the last one was just now."""
    name = f"officer-{certificate}"
    if name not in stand.people:
        stand.add(name, Role.OFFICER, certificate_no=certificate)
    stand.act(lambda ledger: ledger.people.take_step(stand.accounts[name].id, 0))
    return stand.people[name]


def client_of(job: Mapping[str, Any]) -> Client:
    """The client of a job, as Authlib's knows itself."""
    key = _key_of(job)
    if key is not None:
        return Client(job["issuer"], job["client_id"], key, "private_key_jwt", job["alg"])
    method = job.get("authentication") or ("client_secret_basic" if job.get("client_secret") else "none")
    return Client(job["issuer"], job["client_id"], job.get("client_secret"), method)


def ask(stand: Stand, token: str, query: str = WHO, **headers: str) -> httpx2.Response:
    """What the hub answers whoever bears a token; a header's name is written with underscores."""
    sent = {"authorization": f"Bearer {token}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.post(f"{stand.url}/graphql", json={"query": query}, headers=sent, timeout=20, verify=TLS)


def seconds_until(holds: Callable[[], bool]) -> float:
    """How long it took until something held; asked again until long after that should be."""
    began = time.monotonic()
    while not holds() and time.monotonic() < began + 5 * WITHIN:
        time.sleep(0.02)
    return time.monotonic() - began


def seconds_until_refused(stand: Stand, token: str) -> float:
    """How long a token still opened something."""
    return seconds_until(lambda: ask(stand, token, hub_purpose="SERVICE").status_code == 401)


def published(stand: Stand) -> list[dict[str, Any]]:
    """Keys with which others verify."""
    told_keys: list[dict[str, Any]] = (
        httpx2.get(f"{stand.url}/oauth/jwks", verify=TLS).raise_for_status().json()["keys"]
    )
    return told_keys


def read_token(stand: Stand, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that the published keys verify."""
    read = jwt.decode(token, KeySet.import_key_set({"keys": published(stand)}), algorithms=["Ed25519"])
    return dict(read.header), dict(read.claims)


def held(body: Mapping[str, Any]) -> set[str]:
    """Fields of entities that an answer to WHO says are held."""
    return {item["field"] for item in body["data"]["catalogue"] if item["standing"] == "HELD"}


def purposes(body: Mapping[str, Any]) -> list[str]:
    """Purposes that an answer to WHO lists."""
    return [item["code"] for item in body["data"]["purposes"]]


def _key_of(job: Mapping[str, Any]) -> Key | None:
    told_jwk = job.get("private_key_jwk")
    return KeySet.import_key_set({"keys": [told_jwk]}).keys[0] if told_jwk else None


def _wanted(job: Mapping[str, Any]) -> dict[str, str]:
    return {name: job[name] for name in ("resource", "purposes") if name in job}


def _asked(job: Mapping[str, Any], tokens: Mapping[str, Any]) -> dict[str, Any]:
    purpose = job["graphql"].get("purpose")
    headers = {"authorization": f"Bearer {tokens['access_token']}"} | ({"hub-purpose": purpose} if purpose else {})
    asked = httpx2.post(job["graphql"]["url"], json={"query": WHO}, headers=headers, timeout=20, verify=TLS)
    return {"status": asked.status_code, "body": asked.json()}


def _client_credentials(job: Mapping[str, Any]) -> dict[str, Any]:
    scope = {"scope": job["scope"]} if "scope" in job else {}
    tokens = authlib_client.client_credentials(client_of(job), **scope, **_wanted(job))
    return {"tokens": tokens, "graphql": _asked(job, tokens)}


def _code(job: Mapping[str, Any]) -> dict[str, Any]:
    person, scope = Person(**job["person"]), job.get("scope", "openid")
    found = authlib_client.code(client_of(job), person, job["redirect_uri"], scope, **_wanted(job))
    return {
        "tokens": found.tokens,
        "claims": found.claims,
        "userinfo": found.userinfo,
        "graphql": _asked(job, found.tokens),
    }


def _refresh(job: Mapping[str, Any]) -> dict[str, Any]:
    client, first = client_of(job), _code(job)["tokens"]
    second = authlib_client.refresh(client, first["refresh_token"])
    third = authlib_client.refresh(client, second["refresh_token"])
    graphql = _asked(job, third)
    refusals = [_refusal(client, one["refresh_token"]) for one in (first, third)]
    return {
        "tokens": [first, second, third],
        "replay": refusals[0],
        "after_replay": refusals[1],
        "graphql": graphql,
    }


def _refusal(client: Client, refresh_token: str) -> dict[str, str]:
    try:
        authlib_client.refresh(client, refresh_token)
    except OAuthError as refused:
        return {"error": refused.error}
    return {"error": "it was accepted"}


_AUTHLIB = {"client_credentials": _client_credentials, "code": _code, "refresh": _refresh}
