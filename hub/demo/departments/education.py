"""肇东市教育局: who trades on which campus, under which contract – a workbook with a title and merged headings.

Words are the Chinese labels; a change comes with the next file.
"""

from datetime import date
from typing import Any

from hub.demo.departments import fields
from hub.demo.departments.dropped import dropped_source, lines_of
from hub.demo.departments.written import Hand, Kept, Marks
from hub.demo.records import CityRecords
from hub.demo.sheets import Drop, xlsx_bytes

_TRADES = Kept(
    record="Campus",
    rows="trades",
    reads=fields.TRADE,
    names={
        "campusCode": "校区代码",
        "campusName": "校区名称",
        "school": "学校",
        "uscc": "经营者代码",
        "part": "经营者角色",
        "facilityNo": "场所编号",
        "business": "经营项目",
        "licenceNo": "许可证编号",
        "contractNo": "合同编号",
        "contractFrom": "合同起始日",
        "contractTo": "合同截止日",
        "premises": "场所位置",
    },
    marks=Marks("序号", "XY", "", "更新时间", "存在异议"),
    hand=Hand(truth=("否", "是")),
    own_key=True,
    fresh_days=365,
)
_CONTRACT = "合同"


def education_files(city: CityRecords, today: date) -> list[Drop]:
    """All trade on the campuses as of that day."""
    heading, *lines = lines_of(_TRADES.written(city))
    places = [place for place, name in enumerate(heading) if str(name).startswith(_CONTRACT)]
    upper = [_CONTRACT if place == places[0] else None if place in places else n for place, n in enumerate(heading)]
    lower = [str(name).removeprefix(_CONTRACT) if p in places else None for p, name in enumerate(heading)]
    area = f"{chr(ord('A') + places[0])}2:{chr(ord('A') + places[-1])}2"
    title = ("校园及周边经营场所台账",)
    return [Drop(f"xyjy_{today:%Y%m%d}.xlsx", xlsx_bytes([title, upper, lower, *lines], ("A1:F1", area)))]


def education_source() -> dict[str, Any]:
    """The bureau's folder as the configuration writes it."""
    return dropped_source(
        "education",
        "education",
        [_TRADES.mapping(files="xyjy_*.xlsx", take="rename", required=["campusCode"])],
        label="校园食品安全监管台账",
        basis="《政务数据共享条例》第十六条;共享目录编号 231282-JYJ-001",
    )
