"""绥化市市场监督管理局(药械监管): filings of the second class as a workbook – a title, a heading of two lines, merged cells.

Headings are Chinese; the file is renamed into the folder when it is complete.
"""

from datetime import date
from typing import Any

from hub.demo.departments.device import filed_devices
from hub.demo.departments.dropped import dropped_source, lines_of
from hub.demo.departments.written import Hand, Row
from hub.demo.records import CityRecords, DemoLicence
from hub.demo.sheets import Drop, xlsx_bytes

_CODE = "11231200MB1A0R032K"
_HAND = Hand(days="%Y年%m月%d日", truth=("否", "是"))
_START, _END = "有效期自", "有效期至"


def filing_files(city: CityRecords, today: date) -> list[Drop]:
    """All filings as of that day."""
    heading, *lines = lines_of(map(_row, filed_devices(city).device_licences))
    first, last = heading.index(_START), heading.index(_END)
    upper = ["有效期" if place == first else None if place == last else name for place, name in enumerate(heading)]
    lower = ["自" if place == first else "至" if place == last else None for place in range(len(heading))]
    title = (f"第二类医疗器械经营备案台账({today:%Y-%m-%d})",)
    period = f"{_letter(first)}2:{_letter(last)}2"
    return [Drop(f"ylqxba_{today:%Y%m%d}.xlsx", xlsx_bytes([title, upper, lower, *lines], ("A1:H1", period)))]


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _row(row: DemoLicence) -> Row:
    held, term = row.certificate, row.term
    return {
        "统一社会信用代码": row.uscc,
        "许可证书名称": held.name,
        "许可编号": held.number,
        "行政许可决定文书号": held.decision_no,
        "行政许可决定文书名称": held.decision_title,
        "许可类别": "其他(备案)",
        "许可内容": row.scope,
        "许可决定日期": _HAND.write(row.decided),
        _START: _HAND.write(term.start) or "—",
        _END: "长期" if term.endless else _HAND.write(term.end),
        "许可机关": row.authority,
        "许可机关统一社会信用代码": _CODE,
        "当前状态": row.status.zh,
        "事项编码": held.item_code,
        "经营场所": row.premises,
        "延续受理中": _HAND.write(row.renewal),
        "存在异议": _HAND.write(row.stamp.disputed),
        "更新时间": _HAND.write(row.stamp.updated),
    }


def filing_source() -> dict[str, Any]:
    """The office's folder as the configuration writes it."""
    filings = {
        "record": "Licence",
        "dialect": "permit_chinese",
        "files": "ylqxba_*.xlsx",
        "take": "rename",
        "as_of": "更新时间",
        "disputed": "存在异议",
        "fresh_days": 90,
        "columns": {"itemCode": "事项编码", "premises": "经营场所", "renewalPending": "延续受理中"},
    }
    return dropped_source(
        "device_filings",
        "device",
        [filings],
        label="绥化市医疗器械经营备案台账",
        basis="《政务数据共享条例》第十六条;共享目录编号 231200-YXJG-002",
    )
