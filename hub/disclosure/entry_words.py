"""An entry of the record in one plain sentence: who did what, when, for what, and how it ended. Without names of people and values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.clock import SHANGHAI
from hub.disclosure.act_words import ACTS
from hub.disclosure.searching import Found
from hub.disclosure.words import fields_in_words
from schema.catalogue import Catalogue

_ENDED = {
    "ANSWERED": ("已答复", "answered"),
    "REFUSED": ("被拒绝", "refused"),
    "REJECTED": ("被拒绝", "rejected"),
    "EXPLAINED": ("只问了能否查询", "explained only"),
    "FAILED": ("因故障未答复", "failed"),
    "CANCELLED": ("中途取消", "cancelled"),
}
"""How a question ended."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels by code, Chinese and English, of departments and purposes; and of fields."""

    departments: Mapping[str, tuple[str, str]]
    purposes: Mapping[str, tuple[str, str]]
    catalogue: Catalogue


def in_words(one: Found, labels: Labels) -> tuple[str, str]:
    """An entry in a sentence, Chinese and English."""
    at = datetime.fromisoformat(one.at).astimezone(SHANGHAI)
    when, when_en = f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}", f"{at:%Y-%m-%d %H:%M}"
    who, who_en = _who(one, labels)
    if one.act:
        zh, en = ACTS.get(one.act, (one.act, one.act))
        ended, ended_en = (
            ("", "") if one.outcome in {"GRANTED", "TOLD"} else (f"（{one.outcome}）", f" ({one.outcome})")
        )
        return f"{when}，{who}：{zh}{ended}。", f"{when_en}: {who_en}: {en}{ended_en}."
    fields, fields_en = fields_in_words(one.fields, labels.catalogue)
    purpose, purpose_en = labels.purposes.get(one.purpose, (one.purpose, one.purpose))
    ended, ended_en = _ENDED.get(one.outcome, (one.outcome, one.outcome))
    counted = f"，涉及 {one.entities} 个主体" if one.entities else ""
    counted_en = f", {one.entities} entities" if one.entities else ""
    denied = f",{one.denied} 个值未提供" if one.denied else ""
    denied_en = f", {one.denied} values withheld" if one.denied else ""
    glass, glass_en = ("应急", " by broken glass") if one.emergency else ("", "")
    zh = f"{when}，{who}为“{purpose}”{glass}查询了：{fields or '网关自身的信息'}；{ended}{counted}{denied}。"
    en = f"{when_en}: {who_en} asked{glass_en}, for {purpose_en}: {fields_en or 'the hub itself'}; {ended_en}{counted_en}{denied_en}."
    return zh, en


def _who(one: Found, labels: Labels) -> tuple[str, str]:
    if not one.department and not one.client:
        if not one.act:
            return "公众", "the public"
        return ("本人", "somebody") if one.person else ("网关自身", "the hub itself")
    if not one.department:
        return f"客户端 {one.client}", f"client {one.client}"
    zh, en = labels.departments.get(one.department, (one.department, one.department))
    return f"{zh}（{one.client}）", f"{en} ({one.client})"
