"""Last known values: a silent source's public facts are told with their age, and nothing else of it is anywhere."""

import pytest
from sqlalchemy import select

from auth.classes import Sensitivity
from hub.demo.local_codes import furnish_codes
from hub.demo.personas import code_of
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings
from hub.sources import open_sources
from hub.store.kept_tables import kept_rows
from schema.catalogue import fold_catalogue
from tests.demo.running import TODAY, running_demo
from tests.demo.test_code_pages import page

HOME, OTHER = code_of("elder_home"), code_of("disputed")
WHOLE = """{ entity(uscc: "%s") {
  id uscc name formerNames kind status legalRepresentative establishedOn businessScope registrationAuthority
  industry { name } provenance { asOf disputed }
  licences {
    kind certificateName certificateNo scope validFrom validTo longTerm status renewalPending authority
    provenance { asOf disputed }
  }
} }"""
FEW = """{ entity(uscc: "%s") {
  id name industry { name } provenance { freshness } licences { validTo provenance { freshness fetchedAt } }
} }"""
SILENT = ("market", "health", "penalty")


@pytest.fixture(scope="module")
async def told(tmp_path_factory, anyio_backend):
    """What the city and its twin say of a shop before and while two sources are stopped, and the city's hub meanwhile."""
    folder, found = tmp_path_factory.mktemp("kept"), {}
    async with (
        running_demo(folder / "here") as here,
        running_demo(folder / "there", twin=True) as there,
    ):
        for name, demo in (("here", here), ("there", there)):
            furnish_codes(demo.hub, "zhaodong", TODAY, twin=name == "there")
            before = await page(demo, "elder_home"), await demo.ask(WHOLE % HOME), await demo.ask(FEW % HOME)
            assert await demo.hub.copies.keep() > 0
            for source in SILENT:
                await demo.city.sources[source].stop()
            during = await page(demo, "elder_home"), await demo.ask(WHOLE % HOME), await demo.ask(FEW % HOME)
            found[name] = before, during
        yield found, here


async def test_the_page_tells_the_value_and_its_age(told):
    """Who it is and what it may do stand there as before, with when that was fetched, and since when data is as it is."""
    (before, *_), (during, *_) = told[0]["here"]
    told_of = "市场监管业务库暂时取不到，下面是2026年11月23日 12:00取得的数据（1 分钟前）。"
    assert told_of not in before
    assert told_of in during
    assert "卫生健康许可服务暂时取不到，下面是2026年11月23日 12:00取得的数据（1 分钟前）。" in during
    assert "肇东市市场监督管理局，数据截至 2026年11月22日 20:30" in during
    lost = [line for line in before.splitlines() if line not in during.splitlines()]
    assert [line.partition("，")[0].partition("：")[0] for line in lost] == [
        "公示期内有 1 条行政处罚",
        "法定代表人（经营者）",
    ]
    assert "法定代表人（经营者）：来源暂时无法连接，此刻无法显示" in during


async def test_penalties_are_told_as_the_last_record(told):
    """Those in publication stand there as before, and that they may have been withdrawn since: in the sentence and above them."""
    (before, *_), (during, *_) = told[0]["here"]
    silent = (
        "行政处罚信息平台暂时无法连接。下面是截至2026年11月23日 12:00的最近记录（1 分钟前取得），其后可能已撤销或修复"
    )
    assert silent not in before
    assert silent in during
    known = "（来源暂时无法连接，这是截至2026年11月23日 12:00的最近记录，其后可能已撤销或修复）"
    assert f"公示期内有 1 条行政处罚{known}，有 1 项守信荣誉。" in during
    assert during.count("公示至") == before.count("公示至") == 1


async def test_all_penalties_are_in_no_copy(told):
    """Whoever asks for those out of publication, too, is told that the source is silent."""
    body = await told[1].ask('{ entity(uscc: "%s") { penalties { decisionNo } } }' % HOME)  # noqa: UP031 - braces
    assert {error["extensions"]["code"] for error in body["errors"]} == {"SOURCE_DOWN"}


async def test_every_value_is_stale_and_says_why(told):
    """Values are those of before, each record is STALE because its source is down; what is not kept is a gap."""
    (_, whole, few), (_, old, less) = told[0]["here"]
    known = {**whole["data"]["entity"], "legalRepresentative": None}
    assert old["data"]["entity"] == known
    assert [(e["path"], e["extensions"]["code"]) for e in old["errors"]] == [
        (["entity", "legalRepresentative"], "SOURCE_DOWN")
    ]
    assert "errors" not in less
    states = {(one["path"], one["state"], one.get("code"), one.get("source")) for one in less["extensions"]["fields"]}
    assert {
        ("entity", "STALE", "SOURCE_DOWN", "市场监管业务库"),
        ("entity.licences", "STALE", "SOURCE_DOWN", "市场监管业务库"),
        ("entity.licences", "STALE", "SOURCE_DOWN", "卫生健康许可服务"),
    } <= states
    entity = less["data"]["entity"]
    rows = [entity, *entity["licences"]]
    assert {row["provenance"]["freshness"] for row in rows} == {"STALE"}
    assert few["data"]["entity"]["provenance"] == {"freshness": "FRESH"}
    assert entity["name"] == few["data"]["entity"]["name"]


async def test_the_twin_says_the_same(told):
    """A copy tells the public nothing that the source would not: in both cities it is the same."""
    assert told[0]["here"][1] == told[0]["there"][1]


@pytest.mark.parametrize(
    "question",
    [
        WHOLE % OTHER,
        '{ entity(uscc: "%s") { division { name } name } }' % HOME,  # noqa: UP031 - braces
        "{ entities(first: 2) { edges { node { name } } } }",
        '{ entitiesByUscc(usccs: ["%s", "%s"]) { name } }' % (HOME, OTHER),  # noqa: UP031 - braces
    ],
    ids=["never asked", "a link is not kept", "a search", "one of two never asked"],
)
async def test_what_a_copy_cannot_say_stays_silent(told, question):
    """Where a row, a link or all that is asked is not in the copy, the source is down, as if nothing were kept."""
    body = await told[1].ask(question)
    assert {error["extensions"]["state"] for error in body["errors"]} == {"SOURCE_DOWN"}
    assert not [
        one for one in body["extensions"]["fields"] if one["state"] == "STALE" and one["field"] != "Entity.licences"
    ]


async def test_nothing_but_declared_public_fields_is_kept(told):
    """Neither a code nor a value stands in the store in clear, and no field above PUBLIC is declared anywhere."""
    hub, rules = told[1].hub, fold_catalogue().fields
    declared = hub.copies.intake.declared.values()
    coordinates = [f"{one.record}.{field}" for one in declared for field in one.fields]
    assert {rules[name].sensitivity for name in coordinates} == {Sensitivity.PUBLIC}
    rows = await hub.database.read(lambda connection: connection.execute(select(kept_rows)).all())
    assert rows
    for row in rows:
        text = row.key.encode() + row.declared.encode() + bytes(row.body)
        assert HOME.encode() not in text
        assert "肇东".encode() not in text


async def test_who_may_see_a_division_only_is_not_answered_from_a_copy(told):
    """Where it lies is not in the copy, so that it can't be told whether this officer may see it: the source is silent."""
    body = await told[1].ask('{ entity(uscc: "%s") { name contactPhone } }' % HOME, "market-enforcement-app")  # noqa: UP031 - braces
    assert body["data"]["entity"] is None or body["data"]["entity"]["name"] is None
    assert {error["extensions"]["code"] for error in body["errors"]} <= {"SOURCE_DOWN", "FIELD_DENIED"}
    assert "SOURCE_DOWN" in {error["extensions"]["code"] for error in body["errors"]}


@pytest.mark.parametrize("field", ["contactPhone", "legalRepresentative"])
async def test_the_public_gets_no_more_than_ever(told, field):
    """What is hidden from the public, or only masked, comes from no copy either."""
    body = await told[1].ask('{ entity(uscc: "%s") { name %s } }' % (HOME, field))  # noqa: UP031 - braces
    assert not ((body.get("data") or {}).get("entity") or {}).get(field)


@pytest.mark.parametrize(
    ("written", "changed", "said"),
    [
        ('"publicUntil", "withdrawn", ', "", "publicUntil, withdrawn must be among the fields"),
        ("max_age_hours = 24", "max_age_hours = 73", "max_age_hours is 72 at most"),
    ],
)
async def test_a_copy_of_penalties_knows_when_they_end(told, written, changed, said):
    """Without the days, or kept for long, it would show what is published no more: a mistake, told at its line."""
    path = told[1].city.configuration
    text = path.read_text(encoding="utf-8")
    begin = text.index("[source.record.keep]", text.index('record = "Penalty"'))
    assert written in text[begin:]
    path = path.with_name("kept-penalties.toml")
    path.write_text(text[:begin] + text[begin:].replace(written, changed, 1), encoding="utf-8")
    with pytest.raises(BadSettings) as found:
        open_sources(load_settings(path), fold_catalogue())
    (mistake,) = found.value.mistakes
    assert mistake.sentence.startswith(said)
    assert (mistake.key, mistake.line > 0) == ("source penalty, Penalty, keep", True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ('"uscc", "contactPhone"', "contactPhone is not public; only public fields may be kept"),
        ('"uscc", "nothing"', "nothing is not a column of this record here"),
        ('"name"', "uscc must be among the fields: an entity is known by it"),
    ],
)
async def test_a_declaration_that_must_not_be_stops_the_start(told, fields, said):
    """A field that is not public, or not there, and an entity without its code are mistakes, told at their line."""
    written = told[1].city.configuration
    text = written.read_text(encoding="utf-8")
    begin = text.index("fields = [", text.index("[source.record.keep]"))
    path = written.with_name("kept.toml")
    path.write_text(f"{text[:begin]}fields = [{fields}]{text[text.index(chr(10), begin) :]}", encoding="utf-8")
    with pytest.raises(BadSettings) as found:
        open_sources(load_settings(path), fold_catalogue())
    (mistake,) = found.value.mistakes
    assert (mistake.sentence, mistake.key) == (said, "source market, Entity, keep")
    assert mistake.line > 0
