"""Example questions for the query desk, one to three a role; the first one of all is the README's.

The questions are plain GraphQL in the files beside this one; a date in one is relative to the day it is shown.
"""

from datetime import date
from pathlib import Path

import orjson

from hub.demo.approvals import CATERING_ITEM
from hub.demo.calendar_days import days_after
from hub.demo.campuses import CAMPUS
from hub.demo.clients import PUBLIC_PURPOSE
from hub.demo.officers import SUSPENDED
from hub.demo.personas import README_USCC, code_of
from hub.web.graphiql import Example

_FOLDER = Path(__file__).parent / "questions"
_OFFICER, _HEALTH = "执法人员·市监局 Market officer", "执法人员·卫健局 Health officer"
_DEVICE = "执法人员·药械监管 Device officer"
_PUBLIC, _BUSINESS, _STEWARD = "公众 Public", "经营主体 Business", "数源部门管理员 Data steward"


def question(name: str) -> str:
    """Text of a question by the name of its file; FileNotFoundError if there is none."""
    return (_FOLDER / f"{name}.graphql").read_text(encoding="utf-8")


def city_examples(today: date) -> tuple[Example, ...]:
    """All example questions in the order they are shown."""
    return (*_public(), *_officers(today), *_inspectors(today), *_offices(), *_partners(today))


def _example(heading: str, titles: tuple[str, str], purpose: str, name: str, **variables: object) -> Example:
    text = orjson.dumps(variables, option=orjson.OPT_INDENT_2).decode() if variables else ""
    return Example(heading, *titles, purpose, question(name), text)


def _codes(*keys: str) -> list[str]:
    return [code_of(key) for key in keys]


def _public() -> list[Example]:
    shops = _codes("filing_only", "hearing_aid", "nothing_required")
    joined, permits = (
        ("一户一档:各部门信息合并", "One entity, all departments"),
        ("备案、许可还是无需许可", "Licence, filing or neither"),
    )
    owner = ("个体户的姓名和住所如何脱敏", "How an owner is masked")
    return [
        _example(_PUBLIC, joined, PUBLIC_PURPOSE, "one_entity"),
        _example(_PUBLIC, permits, PUBLIC_PURPOSE, "permits", codes=shops),
        _example(_PUBLIC, owner, PUBLIC_PURPOSE, "masked", code=code_of("owner_in_name")),
    ]


def _officers(today: date) -> list[Example]:
    soon = days_after(today, 30).isoformat()
    before = ("检查前核验(含三种拒绝)", "Before an inspection, with three refusals")
    expiring, moved = (
        ("三十天内到期的许可", "Licences that expire soon"),
        ("已迁出:超出管辖", "Moved out of the division"),
    )
    return [
        _example(_OFFICER, before, "INSPECTION", "inspection", code=README_USCC),
        _example(_OFFICER, expiring, "INSPECTION", "expiring", before=soon),
        _example(_OFFICER, moved, "INSPECTION", "masked", code=code_of("moved_out")),
        _example(_HEALTH, ("辖区医疗机构", "Medical institutions"), "INSPECTION", "clinics"),
    ]


def _inspectors(today: date) -> list[Example]:
    shops = _codes("expiring_tomorrow", "hearing_aid", "only_at_source")
    device, caps = (
        ("眼镜店与助听器店的许可备案", "Licences and filings of devices"),
        ("检查是否超过公布上限", "Visits and caps"),
    )
    visited = {"code": code_of("owner_in_name"), "year": today.year}
    return [
        _example(_DEVICE, device, "INSPECTION", "device_shop", codes=shops),
        _example("执法监督·司法局 Justice bureau", caps, "ENFORCEMENT_SUPERVISION", "visits", **visited),
    ]


def _offices() -> list[Example]:
    nominees = _codes("elder_home", "chain_head", "partial_commitment", "court_debtor_hospital")
    doubtful = _codes("disputed", "unreadable_capital", "wrong_check_digit", "moved_out")
    fewer = ("事项材料由九份减为三份", "An item with fewer papers")
    green, papers = ("绿色通道", "Green channel"), ("可免交的材料", "Papers that need not be handed in")
    screen, debtors = ("候选名单核查", "Screen nominees"), ("在列失信被执行人", "Court debtors on the list")
    quality = ("异议、异常值与校验位", "Disputed and doubtful values")
    return [
        _example("大厅窗口 Counter clerk", green, "GOVERNMENT_SERVICE", "green_channel", code=code_of("chain_head")),
        _example("审批人员 Approver", papers, "APPROVAL", "evidence", code=README_USCC),
        _example("审批人员 Approver", fewer, "APPROVAL", "approval_item", item=CATERING_ITEM, code=README_USCC),
        _example("评优评先 Awards", screen, "AWARDS", "nominees", codes=nominees),
        _example("市信用办 Credit office", debtors, "CREDIT_SUPERVISION", "court_debtors"),
        _example(_STEWARD, quality, "DATA_STEWARDSHIP", "quality", codes=doubtful),
    ]


def _partners(today: date) -> list[Example]:
    vendors = _codes("private_school", "stall_one", "stall_two")
    reference = ("增信参考:须先取得当事人授权", "Financing reference: consent comes first")
    campus = ("校园食品经营者", "Food businesses on campus")
    door = ("核验上门人员的执法证", "The officer at the door")
    mine, theirs = ("我的信息", "My own records"), ("别家的信息:不予查询", "Somebody else's records")
    return [
        _example("金融机构 Bank", reference, "FINANCE", "finance", code=code_of("chain_head")),
        _example("学校 School", campus, "CAMPUS", "campus", codes=vendors),
        _example(
            "学校 School",
            ("校园公示牌:一个食堂,两个主体", "The board of a campus"),
            "CAMPUS",
            "campus_board",
            code=CAMPUS,
        ),
        _example(_BUSINESS, door, "SELF_SERVICE", "at_the_door", number=SUSPENDED, year=today.year, code=README_USCC),
        _example(_BUSINESS, mine, "SELF_SERVICE", "own_records", code=README_USCC),
        _example(_BUSINESS, theirs, "SELF_SERVICE", "own_records", code=code_of("court_debtor_hospital")),
        _example("部门开发者 Developer", ("我能查什么", "What I may ask"), PUBLIC_PURPOSE, "what_i_may_ask"),
    ]
