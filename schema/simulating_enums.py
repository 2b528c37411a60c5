"""Enumerations of the simulator, each value with its Chinese and English label."""

from schema.enums import Labelled, labelled


@labelled("字段的模拟状态 / How a field stands in a simulation")
class SimulatedState(Labelled):
    HELD = ("可查，明文，全部行", "In clear, for every row")
    HELD_FILTERED = ("可查，明文，仅部分行", "In clear, for some rows only")
    MASKED = ("可查，脱敏，全部行", "Masked, for every row")
    MASKED_FILTERED = ("可查，脱敏，仅部分行", "Masked, for some rows only")
    MIXED = ("部分行明文，部分行脱敏", "In clear for some rows, masked for others")
    REQUESTABLE = ("可申请：从未授权", "Requestable: never granted")
    EXPIRED = ("授权已到期", "The grant has run out")
    OTHER_PURPOSE = ("仅授权用于其他用途", "Granted for another purpose")
    DENIED = ("被拒绝类授权排除", "A denial takes it away")
    LACKING = ("已授权，但所依据的字段不可明文查询", "Granted, but what it is computed from is not held in clear")
    FROZEN = ("授权已冻结", "The grant is frozen")
    WITHHELD = ("依法不予共享", "Withheld by law")
    HIDDEN = ("高于该角色层级，不可见", "Above the station of the role")


@labelled("授权变更对字段的影响 / What becomes of a field")
class FieldShift(Labelled):
    GAINED = ("新增可查", "Gained")
    LOST = ("不再可查", "Lost")
    CLEARER = ("更多行明文", "Clear for more rows")
    MASKED_MORE = ("更多行脱敏", "Masked for more rows")
    WIDENED = ("行范围扩大", "For more rows")
    NARROWED = ("行范围缩小", "For fewer rows")
    OTHER_ROWS = ("行范围改变", "For other rows")


@labelled("自查发现的问题 / What the self-check found")
class CheckFault(Labelled):
    GRANT_ALTERED = ("授权内容与批准时不同", "A grant is not as it was approved")
    GRANT_ADDED = ("授权未经批准而存在", "A grant is there that nobody approved")
    GRANT_LOST = ("已批准的授权不在存储中", "An approved grant is not in the store")
    GRANT_UNREADABLE = ("授权无法读取，未生效", "A grant cannot be read and is not honoured")
    MEMORY_STALE = ("运行中的授权与存储不同", "What this worker honours is not what the store says")
    POLICY_WRONG = ("运行中的权限与授权不符", "What this worker answers by does not follow from the grants")
    PRIVACY = ("公众可明文查询个人或敏感信息", "The public holds something personal in clear")
    TABLE_BROKEN = ("已批准的策略表缺失或被改动", "The approved table is missing or was tampered with")
    TABLE_DIFFERS = ("可查范围与已批准的策略表不符", "What may be seen is not what the approved table says")
