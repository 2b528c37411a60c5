"""Addresses that are told of checkpoints: what they get, and what is no success."""

import base64
import hashlib
import hmac
import json
import tomllib
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from hub.audit.places import Handed, Webhook
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings
from tests.golden.folder import GOLDEN

SECRET = b"a secret of twenty-four or more"
HANDED = Handed("hub.example/audit", 8, 1_800_000_000, b"hub.example/audit\n8\nroot\n\n\xe2\x80\x94 line\n")


@asynccontextmanager
async def listening(answer):
    """An address on this machine, and what was sent to it."""
    came = []

    async def take(request):
        came.append((dict(request.headers), await request.read()))
        return answer()

    app = web.Application()
    app.router.add_post("/checkpoints", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}/checkpoints?token=secret", came
    finally:
        await runner.cleanup()


async def test_a_checkpoint_is_sent_and_signed():
    """The body is the checkpoint; whoever shares the secret can tell that it is the hub's, unchanged, and when it was made."""
    async with listening(lambda: web.Response(status=204)) as (url, came):
        await Webhook(url, SECRET).hand(HANDED)
    headers, body = came[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("checkpoint-8", "1800000000")
    told = json.loads(body)
    assert (told["origin"], told["size"], told["note"].encode()) == (HANDED.origin, 8, HANDED.note)
    assert told["at"] == "2027-01-15T16:00:00+08:00"


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_what_is_no_success(status):
    """An error, and a redirect, which is not followed."""
    async with listening(lambda: web.Response(status=status, headers={"location": "/checkpoints"})) as (url, came):
        with pytest.raises(OSError, match=str(status)):
            await Webhook(url, SECRET).hand(HANDED)
    assert len(came) == 1


async def test_nobody_there():
    """An address at which nobody listens; its name does not show what may be a token."""
    place = Webhook("http://127.0.0.1:9/checkpoints?token=secret", SECRET)
    with pytest.raises(OSError, match="ClientConnectorError"):
        await place.hand(HANDED)
    assert place.name == "http://127.0.0.1:9/checkpoints"


@pytest.mark.parametrize(
    ("written", "key", "said"),
    [
        ('origin = "two words"', "audit.origin", "pattern"),
        ('origin = "a+b"', "audit.origin", "pattern"),
        ("every_seconds = 61", "audit.every_seconds", "60"),
        ("every_entries = 1001", "audit.every_entries", "1000"),
        ("grace_seconds = -1", "audit.grace_seconds", "0"),
        ('webhook = [{ url = "http://example.org/", secret = "env:LONG" }]', "audit.webhook.1.url", "https"),
        (
            'webhook = [{ url = "https://me:pw@example.org/", secret = "env:LONG" }]',
            "audit.webhook.1.url",
            "without user",
        ),
        ('webhook = [{ url = "https://example.org/", secret = "env:SHORT" }]', "audit.webhook.1.secret", "24"),
        ('webhook = [{ url = "https://example.org/", secret = "in clear" }]', "audit.webhook.1.secret", "env:NAME"),
        ("place = 1", "audit.place", "no key"),
    ],
)
def test_what_is_wrong_with_the_settings(tmp_path, monkeypatch, written, key, said):
    """A mistake is named with its key, and no secret is shown."""
    monkeypatch.setenv("LONG", SECRET.decode())
    monkeypatch.setenv("SHORT", "too short")
    tomllib.loads(written)
    text = (GOLDEN / "world/hub.toml").read_text(encoding="utf-8")
    (tmp_path / "hub.toml").write_text(f"{text}\n[audit]\n{written}\n", encoding="utf-8")
    with pytest.raises(BadSettings) as raised:
        load_settings(tmp_path / "hub.toml")
    mistakes = [one for one in raised.value.mistakes if one.key == key]
    assert [said in one.sentence for one in mistakes] == [True]
    assert "too short" not in str(raised.value)
