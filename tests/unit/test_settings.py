"""A bad `hub.toml`: every mistake is told in one go, each with its line, and no secret is repeated."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auth.grants import ALL_ROWS, Binding, Condition, RowOp
from auth.roles import Role
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings, Mistake
from hub.sources import open_sources
from schema.catalogue import fold_catalogue
from tests.unit.outside_tokens import EC, RSA, jwks

VECTORS = Path(__file__).parents[1] / "vectors/settings"
WORLD = Path(__file__).parents[1] / "golden/world/hub.toml"


def mistakes(work: Callable[[], Any]) -> list[Mistake]:
    """What is told."""
    with pytest.raises(BadSettings) as found:
        work()
    return found.value.mistakes


def expected(path: Path) -> list[tuple[int, str]]:
    """Line and beginning of every mistake a vector announces behind `#!`."""
    announced = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        _, _, said = line.partition("#! ")
        told = said.split(" | ") if said else ()
        announced += [(0, one[2:]) if one.startswith("0 ") else (number, one) for one in told]
    return announced


def unannounced(path: Path, found: list[Mistake]) -> list[object]:
    """Mistakes that were told but not announced, and the other way round."""
    left = [(m.line, f"{m.key}: {m.sentence}") for m in found]
    missing: list[object] = []
    for line, said in expected(path):
        told = next((one for one in left if one[0] == line and said in one[1]), None)
        missing.append((line, said)) if told is None else left.remove(told)
    return [*left, *missing]


@pytest.mark.parametrize(
    "name",
    [
        "shapes",
        "references",
        "secrets",
        "not_toml",
        "shape_and_reference",
        "after_an_unreadable_source",
        "providers",
        "provider_shapes",
    ],
)
def test_every_mistake_is_told_with_its_line(name):
    """What is wrong with a file is told at once, each mistake at its line, nested tables included."""
    path = VECTORS / f"{name}.toml"
    assert unannounced(path, mistakes(lambda: load_settings(path))) == []


def test_mistakes_against_the_schema_have_lines():
    """What the schema does not have is told at its line."""
    path = VECTORS / "against_the_schema.toml"
    assert unannounced(path, mistakes(lambda: open_sources(load_settings(path), fold_catalogue()))) == []


def test_mistakes_against_the_schema_are_told_at_once():
    """What the schema does not have is told of all grants and sources in one go."""
    path = VECTORS / "against_the_schema.toml"
    found = mistakes(lambda: open_sources(load_settings(path), fold_catalogue()))
    said = [one for _, one in expected(path)]
    assert [one for one in said if one not in "\n".join(map(str, found))] == []
    assert len(found) == len(said)


def test_secret_is_not_repeated():
    """A secret written where it does not belong is refused without being shown."""
    told = str(BadSettings(mistakes(lambda: load_settings(VECTORS / "secrets.toml"))))
    assert "Z9-hunter" not in told


@pytest.mark.parametrize(("content", "told"), [(None, "cannot be read"), (b"\xff\xfe", "is not UTF-8")])
def test_file_that_cannot_be_read(tmp_path, content, told):
    """A file that is missing or no text is one mistake."""
    path = tmp_path / "hub.toml"
    if content is not None:
        path.write_bytes(content)
    (mistake,) = mistakes(lambda: load_settings(path))
    assert told in mistake.sentence


def test_empty_file_names_what_is_missing(tmp_path):
    """Of an empty file all required tables are told."""
    path = tmp_path / "hub.toml"
    path.write_text("", encoding="utf-8")
    assert sorted(m.key for m in mistakes(lambda: load_settings(path))) == ["hub", "purpose", "source"]


def test_good_file_becomes_settings():
    """The golden world's file: sources, clients with bindings, grants with rows and masks."""
    settings = load_settings(WORLD)
    assert [source.name for source in settings.sources] == [
        "register",
        "tables",
        "market",
        "health",
        "credit",
        "justice",
    ]
    assert settings.clients["officer"].bindings == {"division": ("231282",)}
    grants = {grant.id: grant for grant in settings.grants}
    assert grants["public-open"].rows == ALL_ROWS
    assert grants["officer-own-division"].rows == {Condition("divisionCode", RowOp.PREFIX, Binding("division"))}
    assert grants["judge-own-city"].rows == {Condition("divisionCode", RowOp.IN, ("231282",))}
    assert grants["clerk-masked"].masked == {"Entity.legalRepresentative", "Entity.address"}


def test_secret_comes_from_where_it_is_said_to_be(tmp_path, monkeypatch):
    """A reference is resolved from the environment or a file beside the configuration, and is not shown."""
    text = (VECTORS / "secrets.toml").read_text(encoding="utf-8")
    text = re.sub(r'url = "postgresql[^"]*"', 'url = "file:dsn"', text)
    text = re.sub(r'key = "Z9-hunter"', 'key = "env:HUB_TEST_KEY"', text)
    text = text.replace("HUB_TEST_NO_SUCH_VARIABLE", "HUB_TEST_DSN")
    (tmp_path / "hub.toml").write_text(text, encoding="utf-8")
    (tmp_path / "dsn").write_text("postgresql://user:Z9-hunter@db.example/city\n", encoding="utf-8")
    monkeypatch.setenv("HUB_TEST_KEY", "Z9-hunter")
    monkeypatch.setenv("HUB_TEST_DSN", "postgresql://user:Z9-hunter@db.example/other")
    settings = load_settings(tmp_path / "hub.toml")
    assert len(settings.sources) == 3
    assert "Z9-hunter" not in repr(settings)


def test_provider_becomes_what_is_accepted_of_it(tmp_path, monkeypatch):
    """A provider's mappings stand in their order; its secret comes from where it is said to be and is not shown."""
    monkeypatch.setenv("HUB_TEST_CLIENT_SECRET", "Z9-hunter")
    text = (VECTORS / "providers.toml").read_text(encoding="utf-8")
    text = text.partition("# One that is well:")[2].partition("# From here on")[0]
    (tmp_path / "hub.toml").write_text(text, encoding="utf-8")
    (tmp_path / "keys.json").write_text(json.dumps(jwks(EC)), encoding="utf-8")
    (provider,) = load_settings(tmp_path / "hub.toml").providers
    assert "Z9-hunter" not in repr(provider)
    assert [key.kid for key in provider.read_keys_file()] == ["ec"]
    trust = provider.trust()
    assert (trust.issuer, trust.audience, trust.token_types) == ("https://id.example/realms/city", "urn:hub", ("jwt",))
    assert [(rule.value, rule.role, rule.bindings) for rule in trust.rules] == [
        ("inspector", Role.OFFICER, {"division": "$unit.codes"}),
        ("clerk", Role.CLERK, {"division": ("231282",)}),
    ]


@pytest.mark.parametrize("content", ["{}", '{"keys": []}', "no JSON", json.dumps(jwks(RSA))])
def test_keys_that_cannot_be_used_stop_the_start(tmp_path, monkeypatch, content):
    """A file of keys holds at least one that fits an allowed algorithm."""
    monkeypatch.setenv("HUB_TEST_CLIENT_SECRET", "Z9-hunter")
    text = (VECTORS / "providers.toml").read_text(encoding="utf-8").partition("# From here on")[0]
    (tmp_path / "hub.toml").write_text(text, encoding="utf-8")
    (tmp_path / "keys.json").write_text(content, encoding="utf-8")
    (mistake,) = mistakes(lambda: load_settings(tmp_path / "hub.toml"))
    assert mistake.sentence == "file keys.json holds no key that can be used with ES256"
