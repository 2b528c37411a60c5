"""肇东市行政审批办公室: licences, items and cases as files for a folder, and the export of the system before this one.

Licences are CSV in GB18030 in the fields of the national set of 2018, the old ones an XLS in those of 2015/16; what
is older than three years was never moved over. Some rows are wrong, as such files have them: the report says which.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from hub.demo.calendar_days import days_after
from hub.demo.departments import fields
from hub.demo.departments.codes import Codes
from hub.demo.departments.dropped import dropped_source, lines_of
from hub.demo.departments.written import Hand, Kept, Marks, Row
from hub.demo.records import CityRecords, DemoLicence
from hub.demo.sheets import Drop, csv_bytes, xls_bytes, xlsx_bytes
from schema.enums import CaseStatus, LicenceStatus

_KEPT_DAYS = 3 * 365
_CODE = "11231282MB1A0Q024F"
_HAND = Hand(days="%Y/%m/%d", truth=("否", "是"), separator=";")
_STATES: Codes = {
    "已受理": CaseStatus.ACCEPTED,
    "准予许可": CaseStatus.GRANTED,
    "不予许可": CaseStatus.REFUSED,
    "撤回申请": CaseStatus.WITHDRAWN,
}
_ITEMS = Kept(
    record="ApprovalItem",
    rows="items",
    reads=fields.ITEM,
    names={
        "code": "事项编码",
        "name": "事项名称",
        "authority": "实施机关",
        "statutoryDays": "法定办结时限(工作日)",
        "promisedDays": "承诺办结时限(工作日)",
        "materials": "申请材料",
        "materialsReplaced": "免提交材料",
        "creditEvidence": "以信用报告代证明",
        "since": "免提交起始日期",
        "legalBasis": "设定依据",
    },
    marks=Marks("序号", "SX", "", "更新时间", "存在异议"),
    hand=replace(_HAND, days="%Y-%m-%d"),
    own_key=True,
)
_CASES = Kept(
    record="ApprovalCase",
    rows="cases",
    reads=fields.CASE,
    names={
        "caseNo": "受理编号",
        "itemCode": "事项编码",
        "itemName": "事项名称",
        "status": "办件状态",
        "renewal": "是否延续",
        "acceptedOn": "受理日期",
        "dueOn": "承诺办结日期",
        "decidedOn": "办结日期",
        "statutoryDays": "法定时限",
        "promisedDays": "承诺时限",
        "authority": "受理机关",
    },
    marks=Marks("流水号", "BJ", "申请人代码", "更新时间", "存在异议"),
    hand=replace(_HAND, days="%Y%m%d"),
    codes={"status": _STATES},
)


def approval_files(city: CityRecords, today: date) -> list[Drop]:
    """Licences, items and cases of the office, as of that day."""
    names = {entity.uscc: entity.name for entity in city.entities}
    licences = [_permit(row, names) for row in city.approval_licences if not _is_old(row, today)]
    items, cases = _ITEMS.written(city), _CASES.written(city)
    return [
        Drop(f"xk_{today:%Y%m%d}.csv", csv_bytes(lines_of([*licences, *_faulty(licences)]), "gb18030"), marked=True),
        Drop(f"sx_{today:%Y%m%d}.xlsx", xlsx_bytes([("行政许可事项清单",), *lines_of(items)], ("A1:L1",))),
        # The last case was exported twice.
        Drop(f"bj_{today:%Y%m%d}.csv", csv_bytes(lines_of([*cases, cases[-1]]), "gb18030"), marked=True),
    ]


def archive_files(city: CityRecords, today: date) -> list[Drop]:
    """The export of the old system."""
    names = {entity.uscc: entity.name for entity in city.entities}
    rows = [_old_permit(row, names) for row in city.approval_licences if _is_old(row, today)]
    return [Drop("lsxk.xls", xls_bytes(lines_of(rows)))]


def _is_old(row: DemoLicence, today: date) -> bool:
    return row.decided < days_after(today, -_KEPT_DAYS)


def _permit(row: DemoLicence, names: dict[str | None, str]) -> Row:
    held, term = row.certificate, row.term
    return {
        "XK_XDR_MC": row.person.name if row.person else names[row.uscc],
        "XK_XDR_LB": "自然人" if row.person else "法人及非法人组织",
        "XK_XDR_SHXYM": row.uscc,
        "XK_XKWS": held.decision_title,
        "XK_WSH": held.decision_no,
        "XK_XKLB": "普通",
        "XK_XKZS": held.name,
        "XK_XKBH": held.number,
        "XK_NR": row.scope,
        "XK_JDRQ": _HAND.write(row.decided),
        "XK_YXQZ": _HAND.write(term.start),
        "XK_YXQZI": "长期" if term.endless else _HAND.write(term.end),
        "XK_XKJG": row.authority,
        "XK_XKJGDM": _CODE,
        "XK_ZT": "1" if row.status is LicenceStatus.VALID else "2",
        "SXBM": held.item_code,
        "JYCS": row.premises,
        "YXSL": _HAND.write(row.renewal),
        "YYBZ": _HAND.write(row.stamp.disputed),
        "GXSJ": _HAND.write(row.stamp.updated),
    }


def _faulty(licences: list[Row]) -> Iterator[Row]:
    """Rows that nobody can use: a code that a spreadsheet has shortened, and one without any."""
    blank = {"JYCS": None, "YXSL": None}
    yield {**licences[-1], **blank, "XK_WSH": "肇许准〔补录〕1号", "XK_XDR_SHXYM": "9.12313E+17"}
    yield {**licences[-2], **blank, "XK_WSH": "肇许准〔补录〕2号", "XK_XDR_SHXYM": None}


def _old_permit(row: DemoLicence, names: dict[str | None, str]) -> Row:
    held, valid = row.certificate, row.status is LicenceStatus.VALID
    return {
        "XK_WSH": held.decision_no,
        "XK_XMMC": held.decision_title,
        "XK_SPLB": "普通",
        "XK_NR": row.scope,
        "XK_XDR": names[row.uscc],
        "XK_XDR_SHXYM": row.uscc,
        "XK_JDRQ": row.decided,
        "XK_JZQ": "2099-12-31" if row.term.endless else row.term.end,
        "XK_XZJG": row.authority,
        "XK_ZT": "2" if row.stamp.disputed else "0" if valid else "3",
        "SJC": f"{row.stamp.updated:%Y-%m-%d %H:%M:%S}",
    }


def approval_source() -> dict[str, Any]:
    """The office's folder as the configuration writes it."""
    own = {"itemCode": "SXBM", "premises": "JYCS", "renewalPending": "YXSL"}
    licences = {
        "record": "Licence",
        "dialect": "permit_v2",
        "files": "xk_*.csv",
        "take": "ok",
        "as_of": "GXSJ",
        "disputed": "YYBZ",
        "fresh_days": 90,
        "columns": own,
    }
    return dropped_source(
        "approval",
        "approval",
        [
            licences,
            _ITEMS.mapping(files="sx_*.xlsx", take="rename", required=["code"]),
            _CASES.mapping(files="bj_*.csv", take="ok"),
        ],
        label="行政审批业务数据",
        basis="《政务数据共享条例》第十六条;共享目录编号 231282-XZSP-005",
    )


def archive_source() -> dict[str, Any]:
    """The old system's export as the configuration writes it."""
    licences = {
        "record": "Licence",
        "dialect": "permit_v1",
        "files": "lsxk*.xls",
        "take": "rename",
        "columns": {},
    }
    return dropped_source(
        "archive",
        "approval",
        [licences],
        label="行政审批历史数据",
        basis="《政务数据共享条例》第十六条;共享目录编号 231282-XZSP-006",
    )
