"""国家金融监督管理总局绥化监管分局: the register of licensed institutions, a JSON file that the hub holds in memory.

Names are those of the regulator's own publication; words are the Chinese labels.
"""

from typing import Any

import orjson

from hub.demo.departments import fields
from hub.demo.departments.written import Kept, Marks
from hub.demo.records import CityRecords

FILE = "tables/institutions.json"
_REGISTERED = Kept(
    record="FinancialInstitution",
    rows="institutions",
    reads=fields.INSTITUTION,
    names={
        "licenceNo": "机构编码",
        "institutionKind": "机构类型",
        "status": "机构状态",
        "approvedOn": "批准日期",
        "authority": "发证机关",
    },
    marks=Marks("流水号", "JR", "统一社会信用代码", "更新时间", "异议"),
    fresh_days=365,
)


def regulator_file(city: CityRecords) -> bytes:
    """The register as a list of objects."""
    return orjson.dumps(_REGISTERED.written(city), option=orjson.OPT_INDENT_2)


def regulator_source() -> dict[str, Any]:
    """The register as the configuration writes it."""
    return {
        "name": "regulator",
        "kind": "memory",
        "department": "regulator",
        "label": "金融许可证信息",
        "basis": "《政务数据共享条例》第十六条;共享目录编号 231200-JRJG-001",
        "record": [_REGISTERED.mapping(file=FILE)],
    }
