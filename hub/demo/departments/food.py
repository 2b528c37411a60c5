"""肇东市市场监督管理局食品监管科: a database of its own for inspections and food-risk grades, in full pinyin.

Days are compact, lists are joined by a semicolon, truth is 是 or 否.
"""

from typing import Any

from hub.demo.database import Table
from hub.demo.departments import fields
from hub.demo.departments.codes import Codes
from hub.demo.departments.stored import table_of
from hub.demo.departments.written import Hand, Kept, Marks
from hub.demo.records import CityRecords
from schema.enums import RatingScheme

DATABASE = "food.db"
_HAND = Hand(days="%Y%m%d", truth=("否", "是"), separator=";")
_SCHEMES: Codes = {
    "风险分级": RatingScheme.FOOD_RISK,
    "餐饮量化": RatingScheme.CATERING_GRADE,
    "信用风险分类": RatingScheme.RISK_CLASS,
}
_INSPECTIONS = Kept(
    record="Inspection",
    rows="market_inspections",
    reads=fields.INSPECTION,
    names={
        "startedAt": "jiancha_shijian",
        "department": "jiancha_jiguan",
        "field": "jiancha_lingyu",
        "basis": "jiancha_yiju",
        "officers": "zhifa_renyuan",
        "noticeNo": "tongzhishu_wenhao",
        "items": "jiancha_shixiang",
        "coverage": "jiancha_fangshi",
        "result": "jiancha_jieguo",
        "startedByScan": "saoma_qidong",
        "countThisYear": "bennian_cishu",
        "yearCap": "niandu_shangxian",
    },
    marks=Marks("jiancha_bianhao", "JC", "xinyong_daima", "gengxin_shijian", "yiyi_biaozhi"),
    hand=_HAND,
)
_GRADES = Kept(
    record="CreditRating",
    rows="market_ratings",
    reads=fields.RATING,
    names={
        "scheme": "pingji_tixi",
        "grade": "dengji",
        "label": "dengji_mingcheng",
        "issuer": "pingji_jiguan",
        "assessedOn": "pingji_riqi",
        "validTo": "youxiaoqi_zhi",
    },
    marks=Marks("pingji_bianhao", "PJ", "xinyong_daima", "gengxin_shijian", "yiyi_biaozhi"),
    hand=_HAND,
    codes={"scheme": _SCHEMES},
    fresh_days=30,
)
_TABLES = {"shipin_jiancha": _INSPECTIONS, "shipin_pingji": _GRADES}


def food_tables(city: CityRecords) -> list[Table]:
    """The tables with all rows."""
    return [table_of(name, kept, city) for name, kept in _TABLES.items()]


def food_source() -> dict[str, Any]:
    """The database as the configuration writes it."""
    return {
        "name": "food",
        "kind": "sql",
        "department": "market",
        "label": "食品安全检查与风险分级库",
        "timeout_ms": 5000,
        "url": f"sqlite:///{DATABASE}",
        "basis": "《政务数据共享条例》第十六条;共享目录编号 231282-SCJG-002",
        "record": [kept.mapping(table=name) for name, kept in _TABLES.items()],
    }
