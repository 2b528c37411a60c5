"""The documentation says what the code does: every name it should hold, and nothing that leads nowhere."""

import ast
import json
import re
import shlex
import tomllib
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_args

import httpx2
import pytest
import typer
from graphql import parse, validate
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from adapters.options import SourceOptions
from adapters.records import hold_records
from adapters.registry import kinds, options_of
from auth.admission import Credentials
from auth.roles import ROLE_LABELS, Role, station
from auth.scopes import SCOPE_LABELS, Scope
from hub import settings
from hub.answer import OnDenied
from hub.app import build_app, wire
from hub.audit.entry import Entry
from hub.cli import cli
from hub.clock import Clock
from hub.demo.city import build_city
from hub.demo.run import look_at_sources
from hub.errors import ERROR_STATES, ERRORS, State
from hub.explained import explained_text
from hub.gateway import Request
from hub.limits import Limits
from hub.plan.masks import mask_of
from hub.settings import load_settings
from hub.settings_grants import GrantTable
from hub.sources import open_sources
from schema.base import MaskKind
from schema.catalogue import fold_catalogue
from schema.shaped import ShapedSchemas
from tests.docs_pages import ROOT, Page, findings_page, pages, records_page, toml_text
from tests.receipts import without

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
PAGES = pages()
CATALOGUE = fold_catalogue()
SCHEMA = ShapedSchemas(CATALOGUE).whole().graphql
COMMANDS = typer.main.get_command(cli)
MAKE_TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def _page(name: str) -> Page:
    return next(page for page in PAGES if page.name == name)


# ---------------------------------------------------------------- settings


def _models() -> list[type[BaseModel]]:
    """Every model of the configuration, the options of every kind of source and what is nested in them included."""
    tables = [value for name, value in vars(settings).items() if name.endswith("Table") and not name.startswith("_")]
    found: dict[type[BaseModel], None] = {}
    waiting = [*tables, SourceOptions, *(options_of(kind) for kind in sorted(kinds()))]
    while waiting:
        model = waiting.pop(0)
        if model not in found:
            found[model] = None
            waiting += [inner for field in model.model_fields.values() for inner in _models_in(field.annotation)]
    return list(found)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _own_defaults(model: type[BaseModel]) -> dict[str, str]:
    """Keys a model adds to the one it extends, with their defaults as the page writes them."""
    base = next((b for b in model.__mro__[1:] if b in _EXTENDED), None)
    inherited = set(base.model_fields) if base else set()
    defaults = {}
    for name, field in model.model_fields.items():
        if name not in inherited:
            default = field.get_default(call_default_factory=True)
            defaults[field.alias or name] = "required" if default is PydanticUndefined else toml_text(default)
    return defaults


_RECORD_OPTIONS = next(iter(_models_in(SourceOptions.model_fields["record"].annotation)))
_EXTENDED = (SourceOptions, _RECORD_OPTIONS)


@pytest.mark.parametrize("model", [m for m in _models() if _own_defaults(m)], ids=lambda model: model.__name__)
def test_every_setting_has_its_row(model):
    """Each table of the configuration has a table on the page with exactly its keys and their defaults."""
    tables = [table for table in _page("docs/configuration.md").tables() if len(table[0]) == 4]
    documented = [{row[0].strip("`"): row[2] for row in table[1:]} for table in tables]
    assert _own_defaults(model) in documented


def test_every_table_of_the_file_has_its_heading():
    """`[hub]`, `[[grant]]` and the others are headings of the page."""
    names = [str(model.__doc__).split(":")[0] for model in _models() if str(model.__doc__).startswith("`[")]
    assert len(names) > 5
    assert not [name for name in names if f"## {name}\n" not in _page("docs/configuration.md").text]


def test_every_environment_variable_is_explained():
    """Variables that the settings read from the environment stand on the page."""
    named = set(re.findall(r"HUB_[A-Z_<>]+", (ROOT / "hub/settings.py").read_text(encoding="utf-8")))
    assert not [name for name in named if "<" in name and f"`{name}`" not in _page("docs/configuration.md").text]


def test_example_settings_load(monkeypatch):
    """The settings to start from have no mistakes, fit the schema, and name every key of the plain tables."""
    monkeypatch.setenv("MARKET_DATABASE", "postgresql://hub:secret@127.0.0.1/market")
    monkeypatch.setenv("HEALTH_API_KEY", "secret")
    path = ROOT / "deploy/hub.example.toml"
    assert open_sources(load_settings(path), CATALOGUE).by_name.keys() == {"market", "health", "credit", "tables"}
    text = path.read_text(encoding="utf-8")
    plain = [model for model in _models() if model.__module__ == "hub.settings_tables"]
    assert not [key for model in plain for key in _own_defaults(model) if not re.search(rf"\b{key}\b", text)]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_has_its_row(scope):
    """A scope stands on the page of access with both labels."""
    assert _page("docs/access.md").rows()[scope.value][1:] == list(SCOPE_LABELS[scope])


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_row(role):
    """A role stands on the page of access with both labels and its station."""
    assert _page("docs/access.md").rows()[role.value][1:] == [*ROLE_LABELS[role], station(role).name]


def test_masks_are_shown_as_they_are():
    """Each example of a mask is what the mask makes, and every mask has one."""
    table = _page("docs/access.md").table("Mask", "Value", "Shown")
    rows = [(MaskKind(kind.strip("`")), value, shown) for kind, value, shown in table]
    assert [mask_of(kind)(value) for kind, value, _ in rows] == [shown for _, _, shown in rows]
    assert {kind for kind, _, _ in rows} == set(MaskKind)


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_has_its_row(code):
    """An error stands on its page with status, both sentences, and whether to ask again."""
    error = ERRORS[code]
    row = _page("docs/errors.md").rows()[code]
    assert row[1:4] == [str(error.status), f"{error.zh}<br>{error.en}", "yes" if error.retryable else "no"]
    assert row[4]


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_row(state):
    """A state stands on the page of answers, with whether it also stands in `errors`."""
    row = _page("docs/answers.md").rows()[state.value]
    assert row[1] == ("yes" if state in ERROR_STATES else "no")


def test_every_limit_has_its_row():
    """Each limit of a question stands on the page of questions with its value."""
    rows = _page("docs/questions.md").table("What", "At most", "Key")
    documented = {key.strip("`").removeprefix("limits."): most for _, most, key in rows}
    assert documented == {field.name: f"{field.default:,}" for field in fields(Limits)}


def test_every_key_of_an_entry_is_explained():
    """The page of the record names every key of an entry."""
    blank: Any = {field.name: "" for field in fields(Entry)}
    rows = _page("docs/audit.md").table("Key", "What it holds")
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row[0])} == json.loads(
        Entry(**blank).canonical()
    ).keys()


def test_every_header_is_explained():
    """The page of questions names every header the edge reads."""
    source = (ROOT / "hub/http_question.py").read_text(encoding="utf-8")
    read = set(re.findall(r'headers\.get\("([a-z-]+)"', source)) | set(re.findall(r'b"([a-z]+-?[a-z-]+)"', source))
    assert {"authorization", "hub-on-denied", "hub-purpose"} <= read
    named = {name.lower() for name in _page("docs/questions.md").rows()}
    assert read <= named


def test_every_address_is_explained():
    """The page of questions names every route of the edge."""
    routes = re.findall(r'Route\("([^"]+)"', (ROOT / "hub/asgi.py").read_text(encoding="utf-8"))
    assert routes
    assert not [route for route in routes if route not in _page("docs/questions.md").rows()]


# ---------------------------------------------------------------- what can be asked


def test_every_root_field_has_its_row():
    """The page of questions has a row for each root field, with all its arguments."""
    rows = {row[0].strip("`"): row[1] for row in _page("docs/questions.md").table("Field", "Arguments", "Gives")}
    root: Any = SCHEMA.query_type
    assert rows.keys() == root.fields.keys()
    for name, field in root.fields.items():
        assert not [argument for argument in field.args if not re.search(rf"`{argument}\b", rows[name])]


@pytest.mark.parametrize(
    "name",
    [
        "EntityFilter",
        "LicenceFilter",
        "EntityOrder",
        "CatalogueItem",
        "Purpose",
        "Me",
        "SourceHealth",
        "RecordAge",
        "SourceOperations",
    ],
)
def test_every_part_is_named(name):
    """Criteria, order keys and the fields of the hub's own answers stand on the page of questions."""
    text = _page("docs/questions.md").text
    kind: Any = SCHEMA.type_map[name]
    assert not [part for part in kind.fields if not re.search(rf"\b{part}\b", text)]


def test_every_field_of_provenance_has_its_row():
    """The page of answers explains each field of provenance."""
    kind: Any = SCHEMA.type_map["Provenance"]
    rows = _page("docs/answers.md").table("Field", "What it says")
    assert {row[0].strip("`") for row in rows} == kind.fields.keys()


def test_every_answer_to_a_denial_has_its_row():
    """The page of questions explains each value of `Hub-On-Denied`."""
    rows = _page("docs/questions.md").table("Value", "The answer")
    assert [row[0].strip("`") for row in rows] == list(OnDenied)


def test_every_list_argument_has_its_row():
    """The arguments of the lists below an entity stand on the page of questions."""
    rows = _page("docs/questions.md").rows()
    relations = [relation for record in CATALOGUE.records.values() for relation in record.relations.values()]
    for relation in (r for r in relations if r.many):
        row = next(cells for first, cells in rows.items() if f"`{relation.name}`" in f"`{first}`")
        assert not [name for name in relation.declared.arguments or () if f"`{name}`" not in row[1]]


@pytest.mark.parametrize(("name", "made"), [("records", records_page(CATALOGUE)), ("findings", findings_page())])
def test_generated_pages_are_up_to_date(name, made, request):
    """Pages made from the catalogue and from what the doctor can say are as made; `make golden` writes them."""
    path = ROOT / f"docs/{name}.md"
    if request.config.getoption("--golden"):
        path.write_text(made, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == made


# ---------------------------------------------------------------- commands


def _commands(command: Any, name: str = "chengxin-hub") -> dict[str, Any]:
    inner = {} if not hasattr(command, "commands") else command.commands
    below = {path: one for sub, found in inner.items() for path, one in _commands(found, f"{name} {sub}").items()}
    return ({} if name == "chengxin-hub" else {name: command}) | below


@pytest.mark.parametrize("name", _commands(COMMANDS))
def test_every_command_has_its_section(name):
    """A command has a section with exactly its arguments and options, and their defaults."""
    documented = {row[0].strip("`"): row[1].strip("`") for row in _page("docs/commands.md").section(f"`{name}`")[1:]}
    command = _commands(COMMANDS)[name]
    expected = {}
    for parameter in command.params:
        shown = parameter.opts[0] if parameter.opts[0].startswith("-") else str(parameter.name).upper()
        expected[shown] = "required" if parameter.required else _default(parameter)
    expected.pop("--help", None)
    assert documented == expected


def _default(parameter: Any) -> str:
    if getattr(parameter, "is_flag", False):
        return "on" if parameter.default else "off"
    return str(parameter.default) if parameter.default not in (None, (), []) else "–"


def test_every_make_target_has_its_row():
    """The page of commands has a row for each target of the Makefile."""
    rows = _page("docs/commands.md").table("Command", "What it does")
    assert {row[0].strip("`").removeprefix("make ") for row in rows} == MAKE_TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_text_exist(page):
    """Commands that a page tells to type exist, with the options it gives them."""
    known = _commands(COMMANDS)
    for target in re.findall(r"(?:^|`)make ([a-z]+)", page.text, re.MULTILINE):
        assert target in MAKE_TARGETS
    for name in re.findall(r"`chengxin-hub ([a-z-]+)", page.text):
        assert f"chengxin-hub {name}" in known
    for line in re.findall(r"^(?:TOKEN=\$\()?(?:\.venv/bin/)?(chengxin-hub .*)", page.shell(), re.MULTILINE):
        words = shlex.split(line.rstrip(")"), comments=True)
        command = known[" ".join(words[:3]) if " ".join(words[:3]) in known else " ".join(words[:2])]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


# ---------------------------------------------------------------- what pages hold


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """A relative link names a file of the repository, and a heading of it where it names one."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.text):
        if "://" not in target:
            name, _, anchor = target.partition("#")
            path = (page.path.parent / name).resolve() if name else page.path
            assert path.exists(), target
            assert not anchor or anchor in Page(path).anchors(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_blocks_parse(page, tmp_path, monkeypatch):
    """Questions fit the whole schema, JSON and Python parse, and TOML is what the settings accept."""
    questions = [*page.blocks("graphql"), *(payload["query"] for payload in page.payloads())]
    for found in map(json.loads, page.blocks("json")):
        questions += [found["query"]] if "query" in found else []
    for question in questions:
        assert not validate(SCHEMA, parse(question)), question
    for block in page.blocks("python"):
        ast.parse(block)
    monkeypatch.setenv("MARKET_DATABASE", "sqlite:///market.db")
    (tmp_path / "secrets").mkdir()
    for name in re.findall(r'"file:secrets/([\w-]+)"', page.text):
        (tmp_path / "secrets" / name).write_text("secret")
    (tmp_path / "secrets/approval-store-key").write_text("5e" * 32)
    for tables in map(tomllib.loads, page.blocks("toml")):
        for grant in tables.get("grant", ()):
            GrantTable.model_validate(grant)
        for source in tables.get("source", ()):
            hold_records(options_of(source["kind"]).model_validate(source, context={"base": tmp_path}), CATALOGUE)


def test_every_page_can_be_found():
    """Each page of docs and deploy is linked from another one."""
    linked = {(page.path.parent / target.partition("#")[0]).resolve() for page in PAGES for target in page.links()}
    assert not [page.name for page in PAGES if page.path not in linked and page.name != "README.md"]


# ---------------------------------------------------------------- the first question


@pytest.fixture(scope="module")
async def demo(tmp_path_factory, anyio_backend):
    """The demo city with a hub in front of it, and a client of it."""
    folder = tmp_path_factory.mktemp("city")
    city = await build_city(folder, twin=False, today=NOW.date(), seed="zhaodong")
    hub = wire(load_settings(city.configuration), Clock(lambda: NOW))
    await look_at_sources(hub)
    transport = httpx2.ASGITransport(app=build_app(hub))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as client:
        yield hub, client
    await hub.close()
    await city.aclose()


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
async def test_readme_shows_what_the_demo_answers(demo, name):
    """The questions of the README, asked of the demo city, give the answers, sentences and plans it shows."""
    hub, client = demo
    page = _page(name)
    said: list[str] = []
    for sent, shown in page.exchanges():
        headers = {}
        for asker in re.findall(r"token .*--client (\S+?)\)", sent):
            headers["authorization"] = f"Bearer {hub.issuer.issue(asker, NOW, NOW - datetime(2026, 1, 1, tzinfo=UTC))}"
        answer = (await client.post("/graphql", json=Page.payload(sent), headers=headers)).text
        answer = without(answer)
        request_id = json.loads(answer)["extensions"]["requestId"]
        said += [error["message"] for error in json.loads(answer).get("errors", ())]
        if shown:
            known = json.loads(shown)["extensions"]["requestId"]
            assert json.loads(answer.replace(request_id, known)) == json.loads(without(shown))
    assert said
    assert not [quote for quote in re.findall(r"^> (.+)", page.text, re.MULTILINE) if quote not in said]
    explained = re.search(r"explain .*--client (\S+) \\\n\s*'(.+)'", page.text)
    assert explained
    credentials = Credentials(hub.issuer.issue(explained[1], NOW, NOW - datetime(2026, 1, 1, tzinfo=UTC)))
    bound, rows = hub.gateway.plan(Request(explained[2], None, {}, credentials, OnDenied.EXPLAIN, "readme"))
    assert page.blocks("text")[-1].strip() in explained_text(bound, rows, hub.gateway.wording)
    assert [call.source for call in bound.plan.calls] == [
        *("market", "health", "approval", "archive", "device", "device_filings"),
        "market",
    ]
