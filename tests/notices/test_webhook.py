"""Webhooks and SMS gateways: signed, in time, to one address; whatever is answered harms nothing else."""

import hashlib
import hmac
import json
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from structlog.testing import capture_logs

from hub.events import Channel, Event
from hub.notices import posting
from hub.notices.carriers import Undelivered
from hub.notices.posting import Poster
from hub.notices.sms import Gateway, Sms
from hub.notices.webhook import Webhook
from hub.settings_notices import NoticeTable
from tests.notices import office as offices
from tests.notices.letters import OFFICE, letter
from tests.notices.office import GRANT_ENDED, PHONE, START, Shelf
from tests.notices.servers import flood, receiving, silence, status

SECRET = "a secret of the department"


@pytest.fixture
async def receiver():
    """A receiver of its own."""
    async with receiving() as made:
        yield made


@pytest.fixture
async def webhook():
    """A channel whose session is closed in the end."""
    made = Webhook({"market": SECRET}, Poster())
    yield made
    await made.aclose()


def at(url):
    """A letter to a department with this webhook."""
    return letter(address=replace(OFFICE, webhook=url))


async def test_a_webhook_can_be_verified(receiver, webhook):
    """The signature is the HMAC-SHA-256 of timestamp and body with the department's secret; the id stays the same."""
    await webhook.carry(at(receiver.url))
    ((headers, body),) = receiver.got
    signed = f"{headers['hub-timestamp']}.".encode() + body
    right = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["hub-signature"] == f"v1={right}"
    assert (headers["hub-timestamp"], headers["hub-delivery"]) == (str(START), "7-1")
    assert json.loads(body) == {
        "id": "7-1",
        "number": 7,
        "kind": "GRANT_ENDED",
        "made": "2027-01-15T16:00:00+08:00",
        "to": {"department": "market"},
        "grant": "G-0001",
        "title": "授权已到期",
        "titleEn": "A grant",
        "text": "授权G-0001已到期。",
        "textEn": "ended",
    }


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (status(500), ("HTTP_500", False)),
        (status(429), ("HTTP_429", False)),
        (status(404), ("HTTP_404", True)),
        (status(302, Location="http://127.0.0.1:1/elsewhere"), ("REDIRECTED", True)),
        (silence, ("TIMEOUT", False)),
    ],
)
async def test_a_webhook_that_does_not_take_it(receiver, webhook, monkeypatch, answer, fault):
    """Says why by a code; it is asked once, and followed nowhere."""
    monkeypatch.setattr(posting, "TIMEOUT", 0.3)
    receiver.answers = [answer]
    with pytest.raises(Undelivered) as found:
        await webhook.carry(at(receiver.url))
    assert (found.value.code, found.value.lasting) == fault
    assert len(receiver.got) == 1


async def test_an_answer_without_end_is_not_read(receiver, webhook):
    """Its status says that it was taken; nothing else of it is wanted."""
    receiver.answers = [flood]
    await webhook.carry(at(receiver.url))
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.0.0.1/hook", "BAD_ADDRESS"),
        ("ftp://market.example/hook", "BAD_ADDRESS"),
        ("https://127.0.0.1:1/x", "UNREACHABLE"),
    ],
)
async def test_addresses_that_are_not_asked(webhook, url, code):
    """Only https, or this machine."""
    with pytest.raises(Undelivered, match=code):
        await webhook.carry(at(url))


async def test_a_department_without_a_secret(receiver):
    """Gets nothing that is not signed."""
    with pytest.raises(Undelivered, match="NO_SECRET"):
        await Webhook({}, Poster()).carry(at(receiver.url))
    assert receiver.got == []


@pytest.mark.parametrize("answer", [silence, flood, status(302, Location="/"), status(500)])
async def test_a_hostile_webhook_harms_nothing_else(post, receiver, monkeypatch, answer):
    """Others are told meanwhile, it itself by the next channel, and no log holds its address."""
    monkeypatch.setattr(posting, "TIMEOUT", 0.5)
    receiver.answers = [answer]
    hostile = offices.DEPARTMENTS["market"].model_copy(update={"webhook": receiver.url})
    monkeypatch.setitem(offices.DEPARTMENTS, "market", hostile)
    shelf, channel = Shelf(), Webhook({"market": SECRET}, Poster())
    rule = NoticeTable(event=Event.GRANT_ENDED, channels=(Channel.WEBHOOK, Channel.FOLDER), within_minutes=0)
    deliverer = post.deliverer(rule, carriers={Channel.WEBHOOK: channel, Channel.FOLDER: shelf})
    for department in ("market", "silent"):
        post.tell(Event.GRANT_ENDED, GRANT_ENDED, department=department)
    with capture_logs() as logs:
        await deliverer.deliver_due()
    await deliverer.aclose()
    taken = answer is flood
    assert sorted(one.id for one in shelf.got) == (["2-1"] if taken else ["1-2", "2-1"])
    assert receiver.url not in str(logs)


def gateway(receiver, **changed):
    """A gateway that is spoken to in JSON."""
    told = {"mobile": "{phone}", "content": "【网关】{text}", "serial": "{id}"}
    made = Gateway(receiver.url, "json", told, {"Authorization": "Bearer {secret}"}, {}, "key")
    return Sms(replace(made, **changed), Poster())


async def test_a_gateway_gets_what_the_template_says(receiver):
    """The number from the recipient's contact, the Chinese text, and the secret where it is named."""
    sms = gateway(receiver)
    await sms.carry(letter())
    await sms.aclose()
    ((headers, body),) = receiver.got
    assert headers["authorization"] == "Bearer key"
    assert json.loads(body) == {"mobile": PHONE, "content": "【网关】授权G-0001已到期。", "serial": "7-1"}


async def test_a_gateway_that_takes_forms(receiver):
    """Gets one, in UTF-8."""
    sms = gateway(receiver, form="form")
    await sms.carry(letter(said="一&二=三"))
    await sms.aclose()
    ((headers, body),) = receiver.got
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body.decode())["content"] == ["【网关】一&二=三"]


@pytest.mark.parametrize(
    ("answered", "code"),
    [
        (b'{"code": 0, "ok": true}', None),
        (b'{"code": 17, "ok": true}', "NOT_ACCEPTED"),
        (b"[]", "NOT_ACCEPTED"),
        (b"no JSON", "NOT_ACCEPTED"),
        (b'{"code": 0}' + b" " * 20_000, "ANSWER_TOO_LARGE"),
    ],
)
async def test_a_gateway_says_whether_it_took_it(receiver, answered, code):
    """By the fields that the configuration names, in an answer of bounded size."""
    from aiohttp import web  # noqa: PLC0415 - its answer alone

    async def answer(_request):
        return web.Response(body=answered)

    receiver.answers = [answer]
    sms = gateway(receiver, accepted={"code": "0", "ok": "true"})
    if code is None:
        await sms.carry(letter())
    else:
        with pytest.raises(Undelivered, match=code):
            await sms.carry(letter())
    await sms.aclose()
