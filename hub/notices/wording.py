"""What notices say: kinds, bodies and sentences. A body holds no name of a person and no more than its reader needs.

Every body says whom it is for (`to`: a person of the hub by their id, or an entity by way of the contact that its
register has), which entity it is about, when that was, and the text in Chinese and English.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any


class NoticeKind(StrEnum):
    """What a notice is about."""

    MANDATE_GRANTED = "MANDATE_GRANTED"
    MANDATE_ENDED = "MANDATE_ENDED"
    REPRESENTATIVE_CHANGED = "REPRESENTATIVE_CHANGED"
    SECOND_FACTOR_RECOVERED = "SECOND_FACTOR_RECOVERED"
    SECRET_EXPIRING = "SECRET_EXPIRING"  # noqa: S105 - a kind, not a secret


class Ending(StrEnum):
    """Why a mandate ended."""

    BY_CLERK = "BY_CLERK"
    BY_HOLDER = "BY_HOLDER"
    BY_REPRESENTATIVE = "BY_REPRESENTATIVE"
    ENTITY_ENDED = "ENTITY_ENDED"
    HOLDER_ENDED = "HOLDER_ENDED"
    PERIOD_OVER = "PERIOD_OVER"
    RENEWED = "RENEWED"
    REPRESENTATIVE_CHANGED = "REPRESENTATIVE_CHANGED"
    REPRESENTATIVE_ENDED = "REPRESENTATIVE_ENDED"


_ENDINGS: dict[Ending, tuple[str, str]] = {
    Ending.BY_CLERK: ("核验窗口已撤销", "the counter that vouched took it back"),
    Ending.BY_HOLDER: ("由本人终止", "it was given up"),
    Ending.BY_REPRESENTATIVE: ("由法定代表人或经营者终止", "the representative or owner ended it"),
    Ending.ENTITY_ENDED: ("该经营主体已注销或登记被撤销", "the entity is deregistered"),
    Ending.HOLDER_ENDED: ("该账号已停用", "the account was ended"),
    Ending.PERIOD_OVER: ("期限已满", "its period is over"),
    Ending.RENEWED: ("已由新的授权代替", "another one took its place"),
    Ending.REPRESENTATIVE_CHANGED: ("登记的法定代表人或经营者已变更", "the registered representative or owner changed"),
    Ending.REPRESENTATIVE_ENDED: ("授权人不再代表该经营主体", "whoever gave it acts for the entity no more"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as it is put into the outbox."""

    kind: NoticeKind
    body: Mapping[str, Any]


def to_person(person: str) -> dict[str, str]:
    """For somebody with an account here."""
    return {"person": person}


def to_entity(uscc: str) -> dict[str, str]:
    """For whoever reads what is sent to an entity's registered contact."""
    return {"entity": uscc, "channel": "REGISTERED_CONTACT"}


def granted(to: Mapping[str, str], uscc: str, when: str, until: str | None) -> Told:
    """An account may act for an entity from now on."""
    day = _last(until) if until else None
    zh_until, en_until = (
        (f",至{day.year}年{day.month}月{day.day}日止", f", until {day.day} {day:%B %Y}") if day else ("", "")
    )
    if "person" in to:
        zh = f"您的账号自{_zh(when)}起可代表统一社会信用代码为{uscc}的经营主体{zh_until}。如非您本人知情,请立即告知政务服务窗口。"
        en = f"Your account may act for {uscc} from {_en(when)}{en_until}. If you did not know of this, tell the counter at once."
    else:
        zh = f"自{_zh(when)}起,有账号可代表统一社会信用代码为{uscc}的经营主体{zh_until}。如非贵单位授意,请立即告知政务服务窗口。"
        en = f"From {_en(when)} an account may act for {uscc}{en_until}. If you did not wish this, tell the counter at once."
    return _told(NoticeKind.MANDATE_GRANTED, to, (uscc, when), (zh, en))


def ended(to: Mapping[str, str], uscc: str, when: str, why: Ending) -> Told:
    """An account acts for an entity no more."""
    zh, en = _ENDINGS[why]
    sentences = (
        f"您的账号自{_zh(when)}起不再代表统一社会信用代码为{uscc}的经营主体:{zh}。",
        f"Your account acts for {uscc} no more, from {_en(when)}: {en}.",
    )
    return _told(NoticeKind.MANDATE_ENDED, to, (uscc, when), sentences, why)


def representative_changed(to: Mapping[str, str], uscc: str, when: str) -> Told:
    """The register names another representative: the one of before and the entity are told alike."""
    if "person" in to:
        zh = (
            f"登记机关显示统一社会信用代码为{uscc}的经营主体已变更法定代表人或经营者。您的账号及由其授权的账号自{_zh(when)}起"
            "不再代表该主体。如登记有误,请向登记机关提出。"
        )
        en = (
            f"The register names another representative or owner of {uscc}. Your account, and those it let act, act for it"
            f" no more, from {_en(when)}. If the register is wrong, tell the registrar."
        )
    else:
        zh = (
            f"登记机关显示统一社会信用代码为{uscc}的经营主体已变更法定代表人或经营者。原法定代表人及其授权的账号自{_zh(when)}起"
            "不再代表贵单位;新任法定代表人可实名登录,或到政务服务窗口核验后办理。"
        )
        en = (
            f"The register names another representative or owner of {uscc}. Accounts of the former one, and those they let"
            f" act, act for it no more, from {_en(when)}. The new one can sign in with their real name, or come to the counter."
        )
    changed = NoticeKind.REPRESENTATIVE_CHANGED
    return _told(changed, to, (uscc, when), (zh, en), Ending.REPRESENTATIVE_CHANGED)


def second_factor_recovered(to: Mapping[str, str], when: str) -> Told:
    """Two administrators had somebody's authenticator forgotten."""
    zh = f"两名管理员已于{_zh(when)}为您恢复二次验证:原验证器失效,下次登录时请重新绑定。如非您本人要求,请立即告知安全管理员。"
    en = (
        f"At {_en(when)} two administrators recovered your second factor: your authenticator is void, set up another one when"
        " you next sign in. If you did not ask for this, tell the security administrator at once."
    )
    return Told(NoticeKind.SECOND_FACTOR_RECOVERED, {"to": dict(to), "when": when, "text": zh, "textEn": en})


def secret_expiring(client: str, when: str, until: str) -> Told:
    """A secret or key of a client ends soon."""
    zh = f"客户端{client}的密钥将于{_zh(until)}到期,请在此之前更换;新旧密钥可同时使用。"
    en = f"A secret or key of client {client} ends at {_en(until)}: give it another one before. Both can be used meanwhile."
    return Told(
        NoticeKind.SECRET_EXPIRING,
        {"to": {"client": client}, "when": when, "until": until, "text": zh, "textEn": en},
    )


def _zh(when: str) -> str:
    """An instant as people write it."""
    at = datetime.fromisoformat(when)
    return f"{at.year}年{at.month}月{at.day}日{at.hour}:{at:%M}"


def _en(when: str) -> str:
    at = datetime.fromisoformat(when)
    return f"{at.day} {at:%B %Y}, {at:%H:%M}"


def _last(until: str) -> date:
    """The last day of a period that ends at an instant: one that ends at midnight has ended with the day before."""
    return (datetime.fromisoformat(until) - timedelta(seconds=1)).date()


def _told(
    kind: NoticeKind,
    to: Mapping[str, str],
    about: tuple[str, str],
    sentences: tuple[str, str],
    why: Ending | None = None,
) -> Told:
    (uscc, when), (zh, en) = about, sentences
    reason = {"reason": why.value} if why is not None else {}
    return Told(kind, {"to": dict(to), "entity": uscc, "when": when, **reason, "text": zh, "textEn": en})
