"""Enumerations of reports: what they are about, and what became of them."""

from schema.enums import Labelled, labelled


@labelled("举报的情形 / What a report of a code is about")
class ReportKind(Labelled):
    FORGED = ("码是假的", "The code is forged")
    ELSEWHERE = ("码是真的，但不是那家店", "The code is genuine, but hangs elsewhere")
    COVERED = ("码被遮挡、涂改或覆盖", "The code is covered or altered")
    STOPPED = ("已停用的码还在使用", "The code is stopped and still in use")
    OTHER = ("其他", "Something else")


@labelled("举报的处理情况 / What became of a report")
class ReportState(Labelled):
    OPEN = ("等待核实", "Waits to be looked into")
    CONFIRMED = ("已核实，情况属实", "Looked into, and true")
    NOT_CONFIRMED = ("已核实，未发现问题", "Looked into, nothing was found")
    NOT_FOUND = ("无法核实", "Could not be looked into")
    PASSED_ON = ("已转交", "Passed on")
