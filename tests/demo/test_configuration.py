"""The demo's configuration is a real one: it loads, its mappings hold, and its grants show every way to be refused."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta

import orjson
import pytest
from graphql import parse, validate

from adapters.mapping import build_map
from adapters.registry import kinds
from auth.access import Refusal, fold_policy
from auth.caller import Caller
from auth.classes import Sensitivity
from auth.grants import Effect
from auth.roles import Role
from auth.scopes import Scope
from auth.server import second_factor
from hub.demo.accounts import ACCOUNTS, Opening
from hub.demo.clients import CLIENTS, DEPARTMENTS, PUBLIC, PURPOSES
from hub.demo.credentials import code_of, write_credentials
from hub.demo.examples import city_examples
from hub.demo.grants import city_grants
from hub.demo.personas import README_USCC
from hub.settings import load_settings
from hub.sources import open_sources
from hub.toml_text import write_toml
from schema.shaped import ShapedSchemas
from tests.demo.conftest import TODAY

BY_ID = {client.id: client for client in CLIENTS}


@pytest.fixture(scope="module")
def grants(catalogue):
    """The city's grants."""
    return city_grants(TODAY, catalogue)


@pytest.fixture(scope="module")
def settings(city):
    """The settings as the hub reads them."""
    return load_settings(city.configuration)


def _policy(client, purpose, grants, catalogue):
    return fold_policy(Caller(client), purpose, grants, catalogue.fields.values(), TODAY)


def test_clients_and_grants_are_read_as_they_were_meant(settings, grants):
    """Writing and reading the file changes nothing."""
    assert dict(settings.clients) == BY_ID
    assert settings.grants == grants
    assert settings.purposes == PURPOSES
    assert [*settings.departments] == [department.code for department in DEPARTMENTS]


NOT_IN_THE_OLD_SET = {"certificateName", "certificateNo", "itemCode", "premises", "renewalPending", "validFrom"}


def test_every_mapping_builds(settings, catalogue):
    """No mapping has a fault, and every field is mapped or computed but those that the old set does not have."""
    assert open_sources(settings, catalogue).by_name.keys() == {source.name for source in settings.sources}
    for source in settings.sources:
        for options in source.record:
            rule = catalogue.records[options.record]
            mapped, faults = build_map(options, rule)
            assert (mapped is not None, faults) == (True, [])
            computed = {name for name, field in rule.fields.items() if field.compute}
            lacking = NOT_IN_THE_OLD_SET if source.name == "archive" else set()
            assert set(options.columns) == set(rule.fields) - computed - lacking, source.name


def test_every_record_has_its_source(settings, catalogue):
    """Each kind of source once at least; every record of the schema is connected, at those who keep it."""
    owned = {source.name: (source.kind, {record.record for record in source.record}) for source in settings.sources}
    assert owned == {
        "market": ("sql", {"Entity", "Licence"}),
        "health": ("rest", {"Licence", "Clinic"}),
        "credit": ("graphql", {"CreditStatus", "CreditRating", "ListEntry", "Honour", "Commitment"}),
        "incentives": ("sql", {"Incentive"}),
        "tables": ("memory", {"Division", "Industry"}),
        "approval": ("tabular", {"Licence", "ApprovalItem", "ApprovalCase"}),
        "archive": ("tabular", {"Licence"}),
        "device": ("rest", {"Licence"}),
        "device_filings": ("tabular", {"Licence"}),
        "penalty": ("soap", {"Penalty"}),
        "food": ("sql", {"Inspection", "CreditRating"}),
        "justice": ("sql", {"Certificate", "InspectionCap", "Inspection"}),
        "education": ("tabular", {"Campus"}),
        "province": ("rest", {"HonestyCode"}),
        "regulator": ("memory", {"FinancialInstitution"}),
        "tax": ("tabular", {"CreditRating"}),
        "court": ("rest", {"ListEntry"}),
        "hub_codes": ("sql", {"HonestyCode"}),
    }
    assert set().union(*(records for _, records in owned.values())) == set(catalogue.records)
    assert {kind for kind, _ in owned.values()} == set(kinds())


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.ENTITY_IDENTITY])
def test_every_scope_is_given_to_some_and_not_to_others(scope, grants, catalogue):
    """Some client holds a field of it for a purpose of its own, and another none; all know which entity they ask of."""
    fields = {rule.coordinate for rule in catalogue.fields.values() if rule.scope is scope}
    asking = [(client, purpose) for client in (PUBLIC, *CLIENTS) for purpose in client.purposes]
    held = [bool(fields & set(_policy(client, purpose, grants, catalogue).held)) for client, purpose in asking]
    assert any(held)
    assert not all(held)


def test_clients_cover_the_roles():
    """At least eight roles have a client; the public has none."""
    roles = {client.role for client in CLIENTS}
    assert len(roles) >= 8
    assert Role.PUBLIC not in roles
    assert any(len(client.purposes) > 1 for client in CLIENTS)


def test_the_public_sees_nothing_that_is_not_public_in_clear(grants, catalogue):
    """Whatever is above public is masked for it, or not there."""
    policy = _policy(PUBLIC, PUBLIC.purposes[0], grants, catalogue)
    above = {name for name in policy.held if catalogue.rule(name).sensitivity > Sensitivity.PUBLIC}
    assert above == {"Entity.legalRepresentative", "Entity.address"}
    assert all(clause.masked for name in above for clause in policy.held[name])


def test_every_refusal_can_be_met(grants, catalogue):
    """A field never granted, one that ran out, one for another purpose, and one denied."""
    policy = _policy(BY_ID["market-enforcement-app"], "INSPECTION", grants, catalogue)
    assert policy.requestable["Commitment.content"] is Refusal.GRANT_EXPIRED
    assert policy.requestable["Commitment.fulfilment"] is Refusal.PURPOSE_NOT_ALLOWED
    assert policy.requestable["ApprovalCase.caseNo"] is Refusal.FIELD_DENIED
    assert "Incentive.minutesSaved" in policy.requestable
    assert "Incentive.measureName" in policy.held
    assert sum(grant.effect is Effect.DENY for grant in grants) == 1
    assert sum(grant.ends < TODAY for grant in grants) == 1


def test_roles_hold_what_they_need_and_no_more(grants, catalogue):
    """A few coordinates that matter, role by role."""

    def held(name, purpose):
        return _policy(BY_ID[name], purpose, grants, catalogue).held

    assert "Entity.contactPhone" not in held("awards-screening", "AWARDS")
    assert "Penalty.facts" not in held("health-inspection-app", "INSPECTION")
    assert "Entity.legalRepresentative" not in held("finance-station", "FINANCE")
    assert "CreditRating.grade" in held("finance-station", "FINANCE")
    assert "Commitment.fulfilment" in held("market-supervision-desk", "CREDIT_SUPERVISION")
    phone = held("market-enforcement-app", "INSPECTION")["Entity.contactPhone"]
    assert [str(clause) for clause in phone] == ["divisionCode PREFIX $division"]
    developer = held("bigdata-sandbox", "PUBLIC_QUERY")
    assert all(catalogue.rule(name).sensitivity is Sensitivity.PUBLIC for name in developer)
    own = held("merchant-suihe", "SELF_SERVICE")["Entity.contactPhone"]
    assert [str(clause) for clause in own] == ["uscc IN $entities"]


def test_grants_outlive_the_demo(grants):
    """A clock moved by a year, or by the turn of one, takes none of them away but the one that has expired."""
    active = [grant for grant in grants if grant.active(TODAY)]
    assert len(active) == len(grants) - 1
    assert all(grant.active(TODAY + timedelta(days=366)) for grant in active)


def test_every_client_has_a_credential(city, catalogue, tmp_path):
    """One entry a client and one for the public, tokens as issued, and every field either seen or not."""
    path = tmp_path / "credentials.json"
    write_credentials(path, city.credentials, lambda client, username: {"token": f"token-of-{client}-{username}"})
    entries = orjson.loads(path.read_bytes())
    clients = entries[: len(BY_ID) + 1]
    assert [entry.get("client_id") for entry in clients] == [None, *BY_ID]
    assert all(entry.get("token") == f"token-of-{entry['client_id']}-" for entry in clients[1:])
    people = entries[len(BY_ID) + 1 :]
    assert [entry["token"] for entry in people] == [f"token-of-{a.client}-{a.username}" for a in ACCOUNTS]
    assert not {"token", "client_id", "department"} & set(entries[0])
    for entry in entries:
        assert set(entry["may_see"]) | set(entry["may_not_see"]) == set(catalogue.fields)
        assert not set(entry["may_see"]) & set(entry["may_not_see"])
    assert path.stat().st_mode & 0o077 == 0


def test_people_stand_in_a_short_table(city, tmp_path):
    """A line each with account, role, department, password, and the command that shows the code of this moment."""
    opening = Opening("a seed")

    def opened(client: str, username: str) -> Mapping[str, str]:
        return opening.of_person(username) if username else {}

    write_credentials(tmp_path / "credentials.json", city.credentials, opened)
    table = tmp_path / "people.md"
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines] == [one.username for one in ACCOUNTS]
    for account, line in zip(ACCOUNTS, lines, strict=True):
        key = opening.factor(account)
        assert f"`{opening.password(account.username)}`" in line
        assert account.label in line
        assert (f"chengxin-hub demo code {account.username} --var {tmp_path}" in line) is (key is not None)
        code = code_of(tmp_path, account.username, 1_800_000_000)
        assert code == (second_factor.code_at(key, 1_800_000_000) if key is not None else None)
    assert code_of(tmp_path, "nobody", 1_800_000_000) is None
    assert table.stat().st_mode & 0o077 == 0
    assert table.stat().st_size < 10_000


def test_every_example_is_valid(catalogue):
    """Each question validates against the schema, for a purpose there is; the first one is the README's."""
    schema = ShapedSchemas(catalogue).whole().graphql
    examples = city_examples(TODAY)
    for example in examples:
        assert not validate(schema, parse(example.query)), example.title_en
        assert example.purpose in {purpose.code for purpose in PURPOSES}
    assert README_USCC in examples[0].query
    assert max(map(len, _by_role(examples).values())) <= 3


def test_examples_ask_what_their_role_may_know(catalogue, grants):
    """No question of a role fails for a field that does not exist for it."""
    clients = {client.role: client for client in (*CLIENTS, PUBLIC)}
    roles = {"Officer": Role.OFFICER, "Public": Role.PUBLIC, "Bank": Role.BANK, "Developer": Role.DEV}
    schemas = ShapedSchemas(catalogue)
    for example in city_examples(TODAY):
        role = roles.get(example.role.rpartition(" ")[2])
        if role is not None:
            visible = _policy(clients[role], example.purpose, grants, catalogue).visible
            assert not validate(schemas.of(visible).graphql, parse(example.query)), example.title_en


def _by_role(examples):
    return {example.role: [other for other in examples if other.role == example.role] for example in examples}


def test_toml_is_read_back_as_it_was_written():
    """Quotes, brackets, dates, nested tables and lists of tables survive."""
    document = {
        "hub": {"label": '“码上”"引号"\\', "on": True, "n": 3},
        "source": [
            {"name": "a", "auth": {"key": "x y"}, "record": [{"columns": {"1": "b", "c d": {"e": ["f"]}}}]},
            {"name": "b", "since": TODAY},
        ],
    }
    assert tomllib.loads(write_toml(document)) == document
