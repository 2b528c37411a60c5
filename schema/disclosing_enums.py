"""Enumerations of what was disclosed: objections, recalls, anomalies."""

from schema.enums import Labelled, labelled


@labelled("异议的状态 / State of an objection")
class ObjectionState(Labelled):
    OPEN = ("待查询部门说明", "Waits for the department that looked")
    EXPLAINED = ("已说明，待审计认定", "Explained, waits for audit")
    JUSTIFIED = ("查询正当", "The look-up was justified")
    UNJUSTIFIED = ("查询不当", "The look-up was not justified")


@labelled("召回的缘由 / Why a fact is recalled")
class RecallKind(Labelled):
    CORRECTED = ("已更正", "Corrected")
    WITHDRAWN = ("已撤销", "Withdrawn")


@labelled("异常的种类 / Kind of anomaly")
class AnomalyKind(Labelled):
    VOLUME = ("查询量超出习惯", "More questions than usual")
    HABIT = ("涉及主体超出本人习惯", "More entities than usual for the person")
    ENTITIES = ("涉及主体过多", "Many different entities")
    DEPARTMENTS = ("同一主体被多个部门查询", "Many departments on one entity")
    PERSONS = ("同一主体被多人查询", "Many persons on one entity")
    NIGHT = ("夜间查询", "Questions at night")
    DENIED = ("多次触及未获授权内容", "Denied again and again")
    CASES = ("案件多无法核实", "Many cases that nobody knows")
    QUOTA = ("查询额度用完", "A quota was used up")
    GLASS = ("应急调阅", "Broken glass")
    REVIEW = ("应急调阅未复核", "Broken glass that nobody reviewed")
