"""What is said of what is missing, old, in conflict or ended: never "none" where nobody knows, never a verdict."""

from datetime import date, datetime, timedelta

import pytest

from hub.clock import SHANGHAI
from hub.code.lookup import CodeState
from hub.web.code_sections import licence_state
from hub.web.code_view import view_shop
from hub.web.words_code import spoken_age
from schema.enums import CodeIssuer, CodeStatus

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 18, 30, tzinfo=SHANGHAI)
CODE = CodeState(
    token="T",
    code="c",
    entity="91231282MA9X0A019P",
    name="店",
    status=CodeStatus.VALID,
    since=TODAY,
    issuer=CodeIssuer.LOCAL,
    issued_on=TODAY,
    displayed_since=None,
    places=(),
)
LICENCE = {"kind": "LICENCE", "certificateName": "证", "status": "VALID", "validTo": "2030-01-01"}


def shop(states=(), health=(), **entity):
    """The page of an entity of which the gateway says so much."""
    lists: dict[str, object] = {"licences": [], "penalties": [], "commitments": [], "creditStatus": {"honours": []}}
    known = {"name": "店", "kind": "ENTERPRISE", "status": "ACTIVE", **lists, **entity}
    body = {"data": {"entity": known, "sources": list(health)}, "extensions": {"fields": list(states)}}
    return view_shop(body, CODE, NOW)


def part(page, anchor):
    """A section."""
    return next(one for one in page.sections if one.anchor == anchor)


def note(state, path, **more):
    """A state of a field, as the gateway tells it."""
    return {"state": state, "path": path, **more}


@pytest.mark.parametrize(
    ("row", "text", "colour"),
    [
        ({}, "有效", "good"),
        ({"longTerm": True, "validTo": "2099-12-31"}, "长期有效", "good"),
        ({"validTo": "2026-12-05"}, "将于 12 天后到期", "time"),
        ({"validTo": "2026-11-24"}, "明天到期", "time"),
        ({"validTo": "2026-11-23"}, "今天到期", "time"),
        ({"validTo": "2026-11-22"}, "已于 2026年11月22日到期", "time"),
        ({"validTo": "2026-11-22", "renewalPending": True}, "已于 2026年11月22日到期（延续申请已受理）", "time"),
        ({"validTo": None, "status": "EXPIRED"}, "来源标注为过期", "time"),
        ({"status": "REVOKED"}, "已吊销", "time"),
        ({"status": "INVALID"}, "来源标注为无效，未说明原因", "time"),
        ({"kind": "NOT_REQUIRED", "validTo": None}, "依法无需许可", "good"),
        ({"status": None, "validTo": None}, "有效", "good"),
    ],
)
def test_the_state_of_a_licence_has_words(row, text, colour):
    """An end is a fact in amber; red is for nothing here."""
    tag, hint = licence_state({**LICENCE, **row}, TODAY)
    assert (tag.text, tag.state) == (text, colour)
    has_ended = row.get("validTo") == "2026-11-22" or row.get("status") == "EXPIRED"
    assert ("不等于停业或违法" in hint) is (has_ended and not row.get("renewalPending"))


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([note("SOURCE_DOWN", "entity.licences", source="甲系统")], "甲系统暂时无法连接（自2026年11月23日 06:00起）"),
        ([note("NOT_COLLECTED", "entity.licences", owner="乙局")], "未归集（由乙局负责）"),
    ],
)
def test_what_is_not_there_is_not_none(states, said):
    """A silent source is named with since when, a missing one with its issuer; neither is "no licence"."""
    page = shop(states, [{"label": "甲系统", "since": "2026-11-23T06:00:00+08:00"}])
    licences = part(page, "licences")
    assert any(said in one for one in licences.notes)
    assert licences.empty == ""
    assert page.sentences[1].text == "它的许可和备案此刻取不到，不等于没有。"


def test_a_missing_fact_is_not_a_missing_list():
    """Where a source lacks one column, its rows are there and nothing is said of the list."""
    states = [note("NOT_COLLECTED", "entity.licences.scope", owner="乙局")]
    assert part(shop(states, licences=[LICENCE]), "licences").notes == ()


def test_part_of_a_list_is_told_as_part():
    """One of two sources is silent: what the other one has is shown, and that there may be more."""
    states = [
        note("SOURCE_DOWN", "entity.licences", source="甲系统"),
        note("STALE", "entity.penalties", source="丙平台"),
    ]
    page = shop(states, licences=[LICENCE], penalties=[{"violationType": "类型"}])
    assert "甲系统" in part(page, "licences").notes[0]
    assert any("甲系统" in one for one in page.sentences[1].sources)
    assert any("丙平台的数据较旧" in one for one in part(page, "penalties").notes)


def test_conflicts_and_long_lists_are_said():
    """Two sources that differ, and a list that goes on."""
    notes = part(shop([note("CONFLICT", "entity.licences"), note("TRUNCATED", "entity.licences")]), "licences").notes
    assert len(notes) == 2


def test_no_answer_at_all_is_no_fault_of_the_shop():
    """The name and the places of the code are there; nothing else is claimed."""
    page = view_shop({}, CODE, NOW)
    assert (page.answered, page.name, page.sentences) == (False, "店", ())


def test_only_public_commitments_are_shown():
    """One for a few is not listed, whatever was answered; an honour that has ended is none."""
    kept = [
        {"subject": "甲", "publicity": "PUBLIC", "publicFulfilment": "PARTIAL"},
        {"subject": "乙", "publicity": "RESTRICTED"},
    ]
    honours = [{"name": "旧", "validTo": "2026-11-22"}, {"name": "新", "validTo": "2026-11-23"}]
    page = shop(commitments=kept, creditStatus={"honours": honours})
    assert [(one.title, one.tag.text) for one in part(page, "commitments").items] == [("甲", "部分履行")]
    assert [one.title for one in part(page, "honours").items] == ["新"]
    assert "有 1 项守信荣誉" in page.sentences[2].text


def test_what_is_closed_to_the_public_is_not_asked_for():
    """In a city that opens less, the page says so, and not that there is none."""
    body = {"data": {"entity": {"name": "店"}, "sources": []}, "extensions": {"fields": []}}
    page = view_shop(body, CODE, NOW)
    for anchor in ("licences", "penalties", "honours", "commitments"):
        assert part(page, anchor).notes == ("这一项不向公众公开。",)
        assert part(page, anchor).empty == ""
    assert "没有" not in page.sentences[2].text


KEPT = {"violationType": "类型", "provenance": {"source": "丙平台", "fetchedAt": "2026-11-23T12:00:00+08:00"}}


def test_last_known_penalties_are_said_to_be_so():
    """Until when the record goes, how old it is, and that it may have been withdrawn since – in the sentence, too."""
    states = [note("STALE", "entity.penalties", source="丙平台", code="SOURCE_DOWN")]
    page = shop(states, penalties=[KEPT])
    (said,) = part(page, "penalties").notes
    assert said.startswith("丙平台暂时无法连接。下面是截至2026年11月23日 12:00的最近记录（6 小时前取得），")
    assert said.endswith("其后可能已撤销或修复；公示期已满的不再展示。")
    said = page.sentences[2].text
    known = "（来源暂时无法连接，这是截至2026年11月23日 12:00的最近记录，其后可能已撤销或修复）"
    assert said.startswith(f"公示期内有 1 条行政处罚{known}")


def test_penalties_that_nobody_can_tell_are_not_none():
    """Without a copy that may be shown: that the source can't be reached, and no value."""
    page = shop([note("SOURCE_DOWN", "entity.penalties", source="丙平台")], penalties=None)
    notes = part(page, "penalties").notes
    assert notes == ("丙平台暂时无法连接，没有可以展示的最近记录。不等于没有，请稍后再扫。",)
    assert part(page, "penalties").empty == ""
    assert page.sentences[2].text.startswith("它的处罚信息此刻取不到，不等于没有")


def test_a_fact_that_cannot_be_shown_now_is_not_left_out():
    """A name that is masked, and so in no copy, has its line, which says that it can't be shown at the moment."""
    states = [
        note("STALE", "entity", source="甲系统", code="SOURCE_DOWN"),
        note("SOURCE_DOWN", "entity.legalRepresentative", source="甲系统"),
        note("SOURCE_DOWN", "entity.licences.scope", source="甲系统"),
    ]
    page = shop(states, legalRepresentative=None, licences=[LICENCE])
    assert ("法定代表人（经营者）", "来源暂时无法连接，此刻无法显示") in part(page, "identity").facts
    assert part(page, "licences").notes == ("甲系统暂时无法连接，有的内容此刻无法显示。",)
    assert "法定代表人（经营者）" not in dict(part(shop(legalRepresentative=None), "identity").facts)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "1 分钟"), (59, "59 分钟"), (60, "1 小时"), (2879, "47 小时"), (2880, "2 天")],
)
def test_an_age_is_said_as_people_do(minutes, said):
    """Minutes, of which there is at least one, hours, from two days on days."""
    assert spoken_age(timedelta(minutes=minutes)) == said
