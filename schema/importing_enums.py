"""Enumerations of files that sources took."""

from schema.enums import Labelled, labelled


@labelled("收件状态 / What became of a file")
class ImportState(Labelled):
    TAKING = ("正在收取", "Being taken")
    TAKEN = ("已采用", "Taken")
    REFUSED = ("整份未采用", "Not taken at all")
