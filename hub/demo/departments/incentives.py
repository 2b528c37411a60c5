"""守信激励台账: the ledger of what honest entities were granted, a small database of the credit office.

Days are ISO, amounts of time are minutes, words are the Chinese labels.
"""

from typing import Any

from hub.demo.database import Table
from hub.demo.departments import fields
from hub.demo.departments.stored import table_of
from hub.demo.departments.written import Hand, Kept, Marks
from hub.demo.records import CityRecords

DATABASE = "incentives.db"
_TABLE = "jl_tz"
_GRANTED = Kept(
    record="Incentive",
    rows="incentives",
    reads=fields.INCENTIVE,
    names={
        "measure": "cs_dm",
        "measureName": "cs_mc",
        "scenario": "yy_cj",
        "department": "ss_dw",
        "grantedOn": "ss_rq",
        "validTo": "yx_qz",
        "status": "zt",
        "outcome": "cx",
        "minutesSaved": "js_fz",
        "legalBasis": "yj",
    },
    marks=Marks("tz_bh", "JL", "xydm", "gx_sj", "yy_bz"),
    hand=Hand(),
    fresh_days=15,
)


def incentive_tables(city: CityRecords) -> list[Table]:
    """The ledger with all rows."""
    return [table_of(_TABLE, _GRANTED, city)]


def incentive_source() -> dict[str, Any]:
    """The ledger as the configuration writes it."""
    return {
        "name": "incentives",
        "kind": "sql",
        "department": "credit",
        "label": "守信激励台账",
        "timeout_ms": 5000,
        "url": f"sqlite:///{DATABASE}",
        "basis": "《黑龙江省社会信用条例》;共享目录编号 231282-XYB-003",
        "record": [_GRANTED.mapping(table=_TABLE)],
    }
