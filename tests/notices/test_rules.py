"""What the configuration may say of events and channels, and with what the hub does not start."""

import pytest

from hub.events import DECLARED, Channel, Event, Who
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings
from tests.golden.folder import GOLDEN

MINIMAL = (GOLDEN / "world/hub.toml").read_text(encoding="utf-8")


def mistakes(tmp_path, more, edit=lambda text: text):
    """What is said of a configuration with more in it."""
    for file in (GOLDEN / "world").glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "hub.toml").write_text(edit(MINIMAL) + more, encoding="utf-8")
    with pytest.raises(BadSettings) as fault:
        load_settings(tmp_path / "hub.toml")
    return [f"{one.key}: {one.sentence}" for one in fault.value.mistakes]


def loaded(tmp_path, more):
    """Settings with more in them."""
    for file in (GOLDEN / "world").glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "hub.toml").write_text(MINIMAL + more, encoding="utf-8")
    return load_settings(tmp_path / "hub.toml")


def notice(**said):
    """A table of one event."""
    written = {"event": '"GRANT_ENDED"', **said}
    return "\n[[notice]]\n" + "\n".join(f"{name} = {value}" for name, value in written.items()) + "\n"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (notice(to="[]"), "names no recipient"),
        (notice(channels="[]"), "has no channel that is there"),
        (notice(channels='["smtp", "sms"]'), "has no channel that is there"),
        (notice(channels='["in_app"]'), "no channel of it leads to DEPARTMENT"),
        (notice(to='["ENTITY"]'), "knows of no ENTITY"),
        (notice(to='["SEC", "SEC"]'), "names something twice"),
        (notice(to='["EVERYBODY"]'), "Input should be"),
        (notice(channels='["pigeon"]'), "Input should be"),
        (notice(event='"BIRTHDAY"'), "Input should be"),
        (notice(within_minutes="-1"), "greater than or equal to 0"),
        (notice() + notice(), "GRANT_ENDED stands there twice"),
    ],
)
def test_an_event_that_tells_nobody_stops_the_start(tmp_path, table, sentence):
    """And so does what cannot be meant; each is named with what to do."""
    (found,) = mistakes(tmp_path, table)
    assert sentence in found
    assert found.startswith("notice.")


@pytest.mark.parametrize("said", [{"to": "[]"}, {"channels": '["smtp"]'}])
def test_an_event_that_is_switched_off_needs_nobody(tmp_path, said):
    """It may say anything."""
    settings = loaded(tmp_path, notice(active="false", **said))
    assert settings.rules[Event.GRANT_ENDED].active is False


def test_what_is_not_said_is_as_declared(tmp_path):
    """Every event has a rule; channels that are not there are left out of it."""
    settings = loaded(tmp_path, notice(to='["SEC"]', within_minutes="5"))
    assert settings.rules.keys() == set(Event)
    rule = settings.rules[Event.GRANT_ENDED]
    assert (rule.to, rule.within_minutes, rule.channels) == ((Who.SEC,), 5, (Channel.IN_APP, Channel.FOLDER))
    assert settings.rules[Event.FROZEN].to == DECLARED[Event.FROZEN].to


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('[channels.smtp]\nhost = "mail.example"\nsender = "hub"', "is not a mail address"),
        ('[channels.smtp]\nhost = "mail.example"\nsender = "a@b.cn"\nsecurity = "none"', "on this machine only"),
        ('[channels.smtp]\nhost = "mail.example"\nsender = "a@b.cn"\nusername = "u"', "come together"),
        ('[channels.smtp]\nhost = "m"\nsender = "a@b.cn"\nusername = "u"\npassword = "clear"', "never written"),
        ('[channels.sms]\nurl = "http://sms.example"\nbody = { a = "{phone}" }', "https, or http on this machine"),
        ('[channels.sms]\nurl = "https://sms.example"\nbody = { a = "{name}" }', "in braces stands one of"),
        ('[channels.sms]\nurl = "https://sms.example"\nbody = { a = "{phone.x}" }', "in braces stands one of"),
        ('[channels.sms]\nurl = "https://sms.example"\nbody = { a = "{" }', "a brace is written twice"),
        ('[channels.webhook]\nsecrets = { nobody = "env:HOOK" }', "nobody is not a department here"),
        ("[channels.pigeon]", "is no key here"),
    ],
)
def test_channels_that_cannot_be_meant(tmp_path, monkeypatch, table, sentence):
    """Stop the start."""
    monkeypatch.setenv("HOOK", "secret")
    (found,) = mistakes(tmp_path, f"\n{table}\n")
    assert sentence in found
    assert found.startswith("channels.")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('webhook = "https://market.example/hook"', "needs a secret: channels.webhook.secrets.registrar"),
        ('webhook = "http://market.example/hook"', "https, or http on this machine"),
        ('email = "a b@example.cn"', "is not a mail address"),
        ('email = "a@example.cn\\r\\nBcc: b@example.cn"', "is not a mail address"),
        ('phone = "call me"', "is not a telephone number"),
    ],
)
def test_addresses_of_departments(tmp_path, line, sentence):
    """Are addresses."""
    (found,) = mistakes(
        tmp_path, "", lambda text: text.replace('code = "registrar"\n', f'code = "registrar"\n{line}\n', 1)
    )
    assert sentence in found
