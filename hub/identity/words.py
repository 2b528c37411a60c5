"""What every reason of identity resolution says to people: code → Chinese, English, weight in log-odds."""

from hub.identity.outcome import Reason

REASONS: dict[str, tuple[str, str, float]] = {
    "SAME_NAME": ("名称相同", "the names are the same", 6.0),
    "SAME_NAME_WRITTEN_OTHERWISE": (
        "名称相同，仅写法不同（地区、括号、繁简、数字或法律形式的写法）",
        "the names are the same but for how they are written (region, brackets, script, digits or legal form)",
        4.4,
    ),
    "REGION_MOVED": (
        "名称其余相同，但地区一前一后（“北京某某”与“某某（北京）”常是两家）",
        "the names are the same but for the place of the region, which often tells two companies of a group apart",
        -2.5,
    ),
    "SHORT_NAME": (
        "一方是另一方名称中连续的一段，可能是简称",
        "one side stands within the other one: perhaps its short name",
        0.9,
    ),
    "ABBREVIATION": (
        "一方的字依次见于另一方名称，可能是缩写",
        "the characters of one side stand in the other one in their order: perhaps an abbreviation",
        0.0,
    ),
    "FORMER_NAME": ("与曾用名相同", "it is the same as a former name", 3.0),
    "ONE_CHARACTER_DIFFERS": ("字号或行业只差一字", "trade name or trade differ in one character", -2.2),
    "SIMILAR_NAME": ("名称相近", "the names are similar", -2.2),
    "SAME_CORE": ("字号和行业相同", "trade name and trade are the same", -1.0),
    "DIFFERENT_NAME": ("名称不同", "the names are different", -6.0),
    "NO_NAME": ("缺少名称，无从比较", "a name is missing, so that nothing can be compared", -6.0),
    "REGION_DROPPED": ("一方名称未写地区", "one side does not name the region", -1.2),
    "REGION_WRITTEN_OTHERWISE": (
        "地区写法不同，所指相同（如“肇东”与“黑龙江省肇东市”）",
        "the region is written otherwise and is the same （as 肇东 and 黑龙江省肇东市）",
        0.6,
    ),
    "REMARK_ON_ONE_SIDE": (
        "一方另注明法律形式（如个体工商户、有限合伙）",
        "one side adds a remark on its legal form",
        0.4,
    ),
    "BRANCH_WRITTEN_OTHERWISE": ("分支机构的写法不同", "the branch is written otherwise", -0.4),
    "ONLY_ONE": (
        "登记中该地区仅此一家这样称呼",
        "the register has only one of this name in this region",
        1.5,
    ),
    "REGION_DIFFERS": ("名称中的地区不同", "the regions in the names differ", -2.6),
    "REGION_NARROWER": (
        "一方名称中的地区在另一方的地区之内",
        "the region in one name lies within that of the other one",
        -1.0,
    ),
    "FORM_WRITTEN_OTHERWISE": (
        "法律形式的写法不同，含义相同",
        "the legal form is written otherwise and means the same",
        0.6,
    ),
    "FORM_DROPPED": ("一方未写法律形式", "one side leaves the legal form out", 1.6),
    "FORM_DIFFERS": ("法律形式不同", "the legal forms differ", -2.0),
    "GROUP_DIFFERS": ("一方是集团，另一方不是", "one side is a group and the other one is not", -0.8),
    "NUMBER_DIFFERS": ("名称中的编号不同", "numbers in the names differ", -3.0),
    "BRANCH_ON_ONE_SIDE": (
        "一方是分支机构，另一方是总机构：两者相关联，不是同一主体",
        "one side is a branch and the other one is not: they belong together and are not one",
        -1.5,
    ),
    "BRANCH_DIFFERS": ("是不同的分支机构", "they are different branches", -3.5),
    "NOTE_DIFFERS": ("括号内的说明不同", "what stands in brackets differs", -1.2),
    "BRAND": ("一方另注品牌或说明", "one side adds a brand or a remark", 0.6),
    "SAME_ADDRESS": ("地址相同", "the addresses are the same", 1.6),
    "COMPATIBLE_ADDRESS": ("地址相符，详略不同", "the addresses agree as far as both say", 0.8),
    "ADDRESS_DIFFERS": ("地址不同", "the addresses differ", -4.6),
    "ADDRESS_NUMBER_DIFFERS": ("地址中的门牌、楼栋或房间号不同", "house, building or room numbers differ", -4.6),
    "ADDRESS_NOT_COMPARABLE": ("两个地址无从比较", "the addresses cannot be compared", -0.4),
    "ADDRESS_MISSING": ("至少一方没有地址", "an address is missing on one side", 0.0),
    "ADDRESS_NOT_USED": (
        "您无权查看全部住所，因此没有比较地址",
        "you may not see all addresses, so none was compared",
        0.0,
    ),
    "NAME_NOT_DISTINCTIVE": (
        "名称没有地区或法律形式，同名的可能不止一家",
        "the name has no region or no legal form: several may be called so",
        -2.2,
    ),
    "SAME_USCC": ("统一社会信用代码相同", "the credit codes are the same", 7.0),
    "SAME_REG_NO": ("注册号相同", "the registration numbers are the same", 6.0),
    "SAME_ORG_CODE": ("组织机构代码相同", "the organisation codes are the same", 6.0),
    "CODE_OF_SOMEBODY_ELSE": (
        "代码在登记中属于名称不同的主体",
        "in the register this code belongs to somebody of another name",
        -6.0,
    ),
    "CODE_DIFFERS": ("名称相符，但代码不同", "the names agree and the codes differ", -7.0),
    "CODE_FORMAT": ("代码格式不符，未使用", "the code is malformed and was not used", 0.0),
    "CODE_CHECK_DIGIT": (
        "代码校验位不符：登记中有此代码则照用，否则请核对",
        "the check digit of the code is wrong: it counts if the register has it; else check it",
        0.0,
    ),
    "CODE_IS_PERSONAL": (
        "所给代码疑似居民身份证号，未使用也未保存",
        "the code looks like a citizen number and was neither used nor kept",
        0.0,
    ),
    "CODES_CONTRADICT": ("所给的几个编号分属不同主体", "the numbers given belong to different entities", -6.0),
    "NAME_DAMAGED": (
        "名称中有无法辨认的字，不能据以认定",
        "the name has characters that cannot be read, so that it proves nothing",
        -3.0,
    ),
    "LOCAL_KEY": (
        "本部门的这一编号已认定为该主体",
        "this key of your department was found to stand for it",
        6.0,
    ),
    "LOCAL_KEY_OF_SOMEBODY_ELSE": (
        "本部门的这一编号已认定为另一主体",
        "this key of your department was found to stand for somebody else",
        -6.0,
    ),
    "LOCAL_KEY_UNKNOWN": (
        "本部门的这一编号尚未认定，未使用",
        "this key of your department stands for nobody yet and was not used",
        0.0,
    ),
    "SEVERAL_ALIKE": ("不止一家同样符合", "several fit equally well", -2.5),
    "NOBODY_ALIKE": ("登记中没有相近的主体", "nobody like that is in the register", 0.0),
}


def reason(code: str, weight: float | None = None) -> Reason:
    """The reason of a code; its own weight if none is given."""
    zh, en, usual = REASONS[code]
    return Reason(code, zh, en, usual if weight is None else weight)
