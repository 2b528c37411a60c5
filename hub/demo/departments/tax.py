"""国家税务总局肇东市税务局: the year's tax credit grades, one CSV in UTF-8 with a mark, complete each time.

Headings are Chinese; the scheme goes without saying.
"""

from datetime import date
from typing import Any

from hub.demo.departments import fields
from hub.demo.departments.dropped import dropped_source, lines_of
from hub.demo.departments.written import Hand, Kept, Marks
from hub.demo.records import CityRecords
from hub.demo.sheets import Drop, csv_bytes
from schema.enums import RatingScheme

_GRADES = Kept(
    record="CreditRating",
    rows="tax_ratings",
    reads=fields.RATING,
    names={
        "grade": "纳税信用级别",
        "label": "级别说明",
        "issuer": "评价机关",
        "assessedOn": "评价日期",
        "validTo": "有效期至",
    },
    marks=Marks("序号", "SW", "纳税人识别号", "更新时间", "存在异议"),
    hand=Hand(truth=("否", "是")),
    constants={"scheme": RatingScheme.TAX_CREDIT.name},
)


def tax_files(city: CityRecords, today: date) -> list[Drop]:
    """All grades as of that day."""
    return [Drop(f"nsxy_{today:%Y%m%d}.csv", csv_bytes(lines_of(_GRADES.written(city)), "utf-8-sig"), marked=True)]


def tax_source() -> dict[str, Any]:
    """The bureau's folder as the configuration writes it."""
    return dropped_source(
        "tax",
        "tax",
        [_GRADES.mapping(files="nsxy_*.csv", take="ok")],
        label="纳税信用评价结果",
        basis="《纳税缴费信用管理办法》;共享目录编号 231282-SWJ-001",
    )
