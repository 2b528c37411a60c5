"""Enumerations of works on the record."""

from schema.enums import Labelled, labelled


@labelled("对审计记录的处理 / What is done with the record")
class WorkKind(Labelled):
    VERIFY = ("核验全部记录", "Verify all of it")
    PACK = ("年度审计材料", "Pack of a year")


@labelled("处理的状态 / State of a work on the record")
class WorkState(Labelled):
    WAITING = ("等待开始", "Waits")
    RUNNING = ("进行中", "Runs")
    STOPPED = ("已停止", "Stopped")
    DONE = ("已完成", "Done")
    FAILED = ("未能完成", "Failed")
