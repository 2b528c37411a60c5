"""Enumerations of identity resolution, each value with its Chinese and English label."""

from schema.enums import Labelled, labelled


@labelled("识别结果 / What became of a candidate")
class MatchOutcome(Labelled):
    MATCH = ("同一主体", "One entity, certain enough to act on")
    POSSIBLE = ("可能是，待人工核对", "Perhaps one entity: a person must look")
    NEW = ("登记中未见", "Nobody like that is in the register")
    CONFLICT = ("证据相互矛盾", "The evidence contradicts itself")


@labelled("分支与总机构的关系 / How branch and head office belong together")
class MatchLink(Labelled):
    BRANCH_OF = ("所问是其分支机构", "What was asked is a branch of this one")
    HEAD_OF = ("所问是其总机构", "What was asked is the head office of this one")
    SIBLING_BRANCH = ("同一总机构的另一分支", "Another branch of the same head office")
