"""Credit status: facts and their issuers' ratings, lists and honours; never a score of the hub's own."""

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record, relation
from schema.enums import ListKind, RatingScheme
from schema.scalars import Date

_CREDIT = ("信用主管部门", "credit authority")


@record("信用评价", "Rating by its issuer", ("评价机关", "rating authority"))
class CreditRating:
    scheme: RatingScheme | None = fact("评价体系", "Scheme", Scope.CREDIT_RATING)
    grade: str | None = fact("等级", "Grade", Scope.CREDIT_RATING, sensitivity=Sensitivity.INTERNAL)
    label: str | None = fact("等级名称", "Label of the grade", Scope.CREDIT_RATING, sensitivity=Sensitivity.INTERNAL)
    issuer: str | None = fact("评价机关", "Issuer", Scope.CREDIT_RATING)
    assessed_on: Date | None = fact("评价日期", "Assessed on", Scope.CREDIT_RATING)
    valid_to: Date | None = fact("有效期至", "Valid to", Scope.CREDIT_RATING)
    provenance: Provenance = intrinsic("来源", "Provenance")


@record("名单记录", "List entry", ("列入机关", "listing authority"))
class ListEntry:
    list: ListKind | None = fact("名单", "List", Scope.CREDIT_LIST)
    name: str | None = fact("名单名称", "Name of the list", Scope.CREDIT_LIST)
    reason: str | None = fact("列入事由", "Reason", Scope.CREDIT_LIST, sensitivity=Sensitivity.INTERNAL)
    decision_no: str | None = fact("决定文书号", "Number of the decision", Scope.CREDIT_LIST)
    authority: str | None = fact("列入机关", "Authority", Scope.CREDIT_LIST)
    listed_on: Date | None = fact("列入日期", "Listed on", Scope.CREDIT_LIST)
    removed_on: Date | None = fact("移出日期", "Removed on", Scope.CREDIT_LIST)
    removal_reason: str | None = fact("移出事由", "Reason of removal", Scope.CREDIT_LIST)
    provenance: Provenance = intrinsic("来源", "Provenance")


@record("守信信息", "Honour", ("授予机关", "granting authority"))
class Honour:
    name: str | None = fact("荣誉名称", "Name", Scope.CREDIT_HONOUR)
    issuer: str | None = fact("授予机关", "Issuer", Scope.CREDIT_HONOUR)
    granted_on: Date | None = fact("授予日期", "Granted on", Scope.CREDIT_HONOUR)
    valid_to: Date | None = fact("有效期至", "Valid to", Scope.CREDIT_HONOUR)
    provenance: Provenance = intrinsic("来源", "Provenance")


ListEntries = list[ListEntry]


@record("信用状况", "Credit status", _CREDIT, composite=True)
class CreditStatus:
    subject_name: str | None = fact("主体名称（信用平台记载）", "Name as the platform has it", Scope.CREDIT_SUMMARY)
    headline: str | None = fact("一句话概况", "In one sentence", Scope.CREDIT_SUMMARY)
    labels: list[str] | None = fact("标签", "Labels", Scope.CREDIT_SUMMARY)
    ratings: list[CreditRating] | None = relation("信用评价", "Ratings by their issuers")
    lists: ListEntries | None = relation("名单记录", "List entries")
    honours: list[Honour] | None = relation("守信信息", "Honours")
    penalties_in_publication: int | None = fact("公示期内处罚数", "Penalties in publication", Scope.CREDIT_SUMMARY)
    commitments_fulfilled: int | None = fact("已履行承诺数", "Commitments fulfilled", Scope.CREDIT_SUMMARY)
    assessed_on: Date | None = fact("认定日期", "Assessed on", Scope.CREDIT_SUMMARY)
    provenance: Provenance = intrinsic("来源", "Provenance")
