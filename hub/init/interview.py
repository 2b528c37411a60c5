"""The questions of `init` in their order: the hub, departments, sources, purposes, a client, the public's grant."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from adapters.options import SourceOptions
from auth.classes import Sensitivity, Sharing
from auth.grants import ANY_DEPARTMENT
from auth.roles import ROLE_LABELS, Role
from hub.init.asking import Asker, Check
from hub.init.kinds import KINDS, ask_source
from hub.init.source import Source
from hub.init.writing import Draft, said
from hub.settings_tables import ClientTable, DepartmentTable, PurposeTable
from schema.catalogue import Catalogue, FieldRule

_PUBLIC = "PUBLIC_QUERY"


def interview(asker: Asker, folder: Path, catalogue: Catalogue) -> Draft:
    """Everything that will be written; WrongAnswer where something is missing or cannot be meant."""
    draft = Draft(folder)
    document = draft.document
    document["hub"] = {
        "label": asker.text("label", "网关名称 / name of the hub", "“码上诚信”查询网关"),
        "controller": asker.text("controller", "数据控制者(单位) / the data controller", check=_filled),
        "base_url": asker.text(
            "base_url", "对外地址,令牌据此签发 / where callers reach it", "http://127.0.0.1:8000", _address
        ),
    }
    document["department"] = _departments(asker)
    document["purpose"] = [_public_purpose(asker)]
    client, purpose = _client(asker, [department["code"] for department in document["department"]])
    document["purpose"] += purpose
    document["source"] = _sources(asker, draft, catalogue)
    document["client"] = client
    document["grant"] = [_public_grant(asker, document, catalogue)]
    return draft


def _departments(asker: Asker) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while asker.more("department", len(found) + 1, "还有部门吗 / another department?"):
        at = f"department.{len(found) + 1}"
        code = asker.text(
            f"{at}.code", "部门代号(小写字母) / short name of a department", check=_fits(DepartmentTable, "code")
        )
        label = asker.text(f"{at}.label", "部门名称 / its name in Chinese", check=_filled)
        english = asker.text(f"{at}.label_en", "英文名称(可空) / its name in English", "")
        how = asker.text(f"{at}.how_to_request", "如何申请其字段(可空) / how its fields are asked for", "")
        found.append(said({"code": code, "label": label, "label_en": english, "how_to_request": how}))
    return found


def _public_purpose(asker: Asker) -> dict[str, Any]:
    code = asker.text(
        "public.code", "公众查询的用途代号 / code of the public's purpose", _PUBLIC, _fits(PurposeTable, "code")
    )
    label = asker.text("public.label", "用途名称 / its name in Chinese", "公众查询")
    english = asker.text("public.label_en", "英文名称 / its name in English", "Public enquiry")
    return {"code": code, "label": label, "label_en": english, "public": True}


def _client(asker: Asker, departments: list[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The first client and the purpose it asks for; none where the question is answered with an empty line."""
    name = asker.text(
        "client.id", "首个客户端编号(可空) / id of a first client, or nothing", "", _optional(_fits(ClientTable, "id"))
    )
    if not name:
        return [], []
    label = asker.text("client.label", "客户端名称 / its name", name)
    there = dict.fromkeys(departments, "")
    department = asker.choice("client.department", "所属部门 / its department", there, departments[0])
    roles = {role.value: " / ".join(ROLE_LABELS[role]) for role in Role if role is not Role.PUBLIC}
    role = asker.choice("client.role", "角色 / its role", roles, "CLERK")
    code = asker.text(
        "client.purpose.code", "它的用途代号 / what it asks for", "GOVERNMENT_SERVICE", _fits(PurposeTable, "code")
    )
    purpose_label = asker.text("client.purpose.label", "用途名称 / name of that purpose in Chinese", "政务服务")
    english = asker.text("client.purpose.label_en", "英文名称 / its name in English", "Government service")
    client = {"id": name, "label": label, "department": department, "role": role, "purposes": [code]}
    return [client], [{"code": code, "label": purpose_label, "label_en": english}]


def _sources(asker: Asker, draft: Draft, catalogue: Catalogue) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    departments = {each["code"]: each["label"] for each in draft.document["department"]}
    while asker.more("source", len(found) + 1, "还有数据源吗 / another source?"):
        at = f"source.{len(found) + 1}"
        first = next(iter(departments))
        department = asker.choice(f"{at}.department", "数据源属于哪个部门 / whose source", departments, first)
        name = asker.text(
            f"{at}.name", "数据源代号(小写字母) / short name of the source", department, _source_name(found)
        )
        label = asker.text(f"{at}.label", "数据源名称(可空) / its name, as callers read it", "")
        kind = asker.choice(f"{at}.kind", "种类 / its kind", KINDS, "sql")
        table = said({"name": name, "kind": kind, "department": department, "label": label})
        found.append({**table, **ask_source(Source(asker, at, name, kind, draft, catalogue))})
    return found


def _public_grant(asker: Asker, document: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    fields = [rule.coordinate for rule in catalogue.fields.values() if _is_for_everybody(rule, document["source"])]
    asker.tell(f"公众可查 {len(fields)} 个公开字段 / the public may ask for {len(fields)} public fields")
    today = date.today()  # noqa: DTZ011 - a proposal for whoever sits here
    return {
        "id": asker.text("grant.id", "公众授权编号 / number of the public's grant", "G-001"),
        "department": ANY_DEPARTMENT,
        "role": Role.PUBLIC.value,
        "purposes": [document["purpose"][0]["code"]],
        "fields": fields,
        "starts": date.fromisoformat(asker.text("grant.starts", "起始日 / first day", today.isoformat(), _day)),
        "ends": date.fromisoformat(asker.text("grant.ends", "截止日 / last day", f"{today.year + 1}-12-31", _day)),
        "legal_basis": asker.text(
            "grant.legal_basis", "法律依据 / legal basis", "《企业信息公示暂行条例》第六条", _filled
        ),
        "approved_by": asker.text(
            "grant.approved_by", "批准单位 / approved by", document["hub"]["controller"], _filled
        ),
    }


def _is_for_everybody(rule: FieldRule, sources: list[dict[str, Any]]) -> bool:
    records = {record["record"]: record for source in sources for record in source["record"]}
    public = rule.sensitivity is Sensitivity.PUBLIC and rule.sharing is Sharing.UNCONDITIONAL
    return public and rule.record in records


def _fits(model: type[BaseModel], name: str) -> Check:
    """A value that the settings accept under a key."""
    field = model.model_fields[name]
    accepted: TypeAdapter[str] = TypeAdapter(Annotated[str, *field.metadata])

    def check(text: str) -> str:
        try:
            return accepted.validate_python(text)
        except ValidationError as fault:
            raise ValueError(f"{text}: {fault.errors()[0]['msg']}") from None

    return check


def _source_name(found: list[dict[str, Any]]) -> Check:
    return partial(_unlike, {each["name"] for each in found}, _fits(SourceOptions, "name"))


def _unlike(taken: set[str], fits: Check, text: str) -> str:
    if text in taken:
        raise ValueError(f"{text} 已用过 / is taken")
    return fits(text)


def _optional(check: Check) -> Check:
    return lambda text: check(text) if text else text


def _filled(text: str) -> str:
    if len(text) < 2:
        raise ValueError("不能为空 / must not be empty")
    return text


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("须以 https:// 或 http:// 开头 / starts with https:// or http://")
    return text.rstrip("/")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("须为日期,如 2026-12-31 / must be a date like 2026-12-31") from None
