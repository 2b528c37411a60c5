"""The register example as `make serve` runs it: real public codes, and nothing invented beside them."""

import csv
import json
import shutil

import httpx2
import pytest

from hub.app import build_app, wire
from hub.settings import load_settings
from schema.uscc import check_digit, find_fault
from tests.docs_pages import ROOT, Page
from tests.receipts import dropped

FOLDER = ROOT / "deploy/examples/register"
PAGE = Page(FOLDER / "README.md")
FAILING = {"91350203M0001FUE2P": "J", "91350203M0001QKT19": "F", "91350211M0000XUF46": "R"}
CORRECTED = {"441900": "东莞市", "442000": "中山市", "460400": "儋州市"}


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ENTITIES = _rows("entities.csv")
CODES = [row["uscc"] for row in ENTITIES]


@pytest.fixture(scope="module")
async def client(tmp_path_factory, anyio_backend):
    """A client of the example, whose state stays out of the repository."""
    folder = tmp_path_factory.mktemp("example") / "deploy/examples/register"
    shutil.copytree(FOLDER, folder)
    hub = wire(load_settings(folder / "hub.toml"))
    transport = httpx2.ASGITransport(app=build_app(hub))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as opened:
        yield opened
    await hub.close()


async def _ask(client, question, **variables):
    response = await client.post("/graphql", json={"query": question, "variables": variables})
    assert response.status_code == 200
    return response.json()


async def test_every_code_is_found_in_one_question(client):
    """All codes of the file are answered, in the order asked, each with exactly what the file says of it."""
    question = "query ($codes: [USCC!]!) { entitiesByUscc(usccs: $codes) { uscc name kind divisionCode orgCode } }"
    answer = await _ask(client, question, codes=CODES)
    found = answer["data"]["entitiesByUscc"]
    columns = {"uscc": "uscc", "name": "name", "kind": "kind", "divisionCode": "division", "orgCode": "organisation"}
    assert found == [{field: row[column] or None for field, column in columns.items()} for row in ENTITIES]
    assert len(found) == 44
    assert "errors" not in answer


async def test_codes_that_fail_their_check_digit_are_found_with_a_warning(client):
    """Exactly the three codes issued with another digit carry a warning, at their place, with the digit computed."""
    answer = await _ask(client, "query ($codes: [USCC!]!) { entitiesByUscc(usccs: $codes) { uscc } }", codes=CODES)
    warned = {CODES[warning["path"][1]]: warning for warning in answer["extensions"]["warnings"]}
    assert {code: warning["suggestion"] for code, warning in warned.items()} == {
        code: code[:17] + digit for code, digit in FAILING.items()
    }
    assert {warning["code"] for warning in warned.values()} == {"USCC_CHECK_DIGIT"}


@pytest.mark.parametrize("code", FAILING)
async def test_one_code_that_fails_its_check_digit(client, code):
    """Asked alone it is answered too, and the warning says which code may have been meant."""
    answer = await _ask(client, "query ($code: USCC!) { entity(uscc: $code) { uscc kind } }", code=code)
    assert answer["data"]["entity"] == {"uscc": code, "kind": "ENTERPRISE"}
    (warning,) = answer["extensions"]["warnings"]
    assert warning["path"] == ["entity"]
    assert warning["suggestion"] == code[:17] + FAILING[code]


@pytest.mark.parametrize("code", ["914403001922038216", "91110000802100433B"])
async def test_a_mistyped_code_is_explained(client, code):
    """A code that nobody has and whose digit is wrong is null, with the code that was probably meant."""
    mistyped = code[:17] + ("0" if code[17] != "0" else "1")
    answer = await _ask(client, "query ($code: USCC!) { entity(uscc: $code) { name } }", code=mistyped)
    assert answer["data"] == {"entity": None}
    (state,) = answer["extensions"]["fields"]
    assert (state["state"], state["code"], state["suggestion"]) == ("NO_RECORD", "USCC_CHECK_DIGIT", code)


async def test_a_code_is_found_however_it_is_typed(client):
    """Full-width letters, lower case, spaces and hyphens do not matter."""
    question = "query ($code: USCC!) { entity(uscc: $code) { uscc } }"
    for typed in ("9144 0300 7152 6726 xg", "９１４４０３００７１５２６７２６ＸＧ", "91440300-71526726-XG"):
        answer = await _ask(client, question, code=typed)
        assert answer["data"]["entity"] == {"uscc": "9144030071526726XG"}


async def test_entities_by_division(client):
    """A page of one division and of a whole province holds exactly the codes of the file that lie there."""
    question = "query ($filter: EntityFilter!) { entities(filter: $filter, first: 100) { totalCount edges { node { uscc } } } }"
    for criterion, within in (({"divisionCode": "440300"}, "440300"), ({"divisionWithin": "44"}, "44")):
        page = (await _ask(client, question, filter=criterion))["data"]["entities"]
        expected = {row["uscc"] for row in ENTITIES if row["division"].startswith(within)}
        assert {edge["node"]["uscc"] for edge in page["edges"]} == expected
        assert page["totalCount"] == len(expected) > 1


async def test_entities_by_name_page_by_page(client):
    """Names that contain a text come in order, page by page, each once."""
    question = """query ($after: String) {
      entities(filter: {name: "银行"}, orderBy: [{name: ASC}], first: 2, after: $after) {
        edges { node { name } } pageInfo { hasNextPage endCursor }
      }
    }"""
    names: list[str] = []
    after = None
    while True:
        page = (await _ask(client, question, after=after))["data"]["entities"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert names == sorted(row["name"] for row in ENTITIES if "银行" in row["name"])
    assert len(names) == 5


async def test_nothing_is_invented_beside_the_codes(client):
    """What the file does not say is null and says why; nobody but the registrar and the code tables is connected."""
    question = """{
      entity(uscc: "914403001922038216") {
        name status establishedOn businessScope registeredCapital { amount } industry { name } licences { certificateName }
      }
      catalogue { field connected }
    }"""
    answer = await _ask(client, question)
    assert {name: value for name, value in answer["data"]["entity"].items() if value is not None} == {
        "name": "华为技术有限公司"
    }
    states = {state["field"]: state["state"] for state in answer["extensions"]["fields"]}
    assert states.pop("Licence.certificateName") == "DENIED"
    assert set(states.values()) == {"NOT_COLLECTED"}
    connected = {item["field"].partition(".")[0] for item in answer["data"]["catalogue"] if item["connected"]}
    assert connected <= {"Entity", "Division", "Industry", "EntityConnection"}


def test_columns_are_the_parts_of_the_code():
    """Kind apart, everything the file says beside code and name stands in the code itself."""
    for row in ENTITIES:
        assert row["division"] == row["uscc"][2:8]
        assert row["organisation"] == row["uscc"][8:17]
    assert len(set(CODES)) == len(CODES)
    assert {code for code in CODES if find_fault(code)} == set(FAILING)
    assert all(check_digit(code[:17]) == digit for code, digit in FAILING.items())


def test_code_tables_name_each_code_once():
    """The three cities kept once and the corrected class are there, and no code stands twice."""
    divisions, industries = ({row["code"]: row for row in _rows(f"{name}.csv")} for name in ("divisions", "industries"))
    assert (
        (len(divisions), len(industries)) == (len(_rows("divisions.csv")), len(_rows("industries.csv"))) == (3595, 1971)
    )
    assert {code: divisions[code]["name"] for code in CORRECTED} == CORRECTED
    assert {divisions[code]["level"] for code in CORRECTED} == {"city"}
    assert industries["0711"]["name"] == "陆地石油开采"
    assert industries["0712"]["name"] == "海洋石油开采"


async def test_names_of_divisions(client):
    """A code gets the name of its division; a registration authority without a division gets none."""
    answer = await _ask(
        client,
        "query ($codes: [USCC!]!) { entitiesByUscc(usccs: $codes) { division { name level } } }",
        codes=["914403001922038216", "91350203M0001FUE2P", "91100000100003962T"],
    )
    found = [entity["division"] for entity in answer["data"]["entitiesByUscc"]]
    assert found == [{"name": "深圳市", "level": "city"}, {"name": "思明区", "level": "county"}, None]
    (state,) = (s for s in answer["extensions"]["fields"] if s["field"] == "Entity.division")
    assert (state["state"], state["count"]) == ("NO_RECORD", 1)


@pytest.mark.parametrize(("sent", "shown"), list(PAGE.exchanges()))
async def test_page_shows_what_the_example_answers(client, sent, shown):
    """The questions on the example's page give the answers it shows."""
    answer = dropped((await client.post("/graphql", json=Page.payload(sent))).json())
    answer["extensions"]["requestId"] = json.loads(shown)["extensions"]["requestId"]
    assert answer == json.loads(shown)
