"""Errors of identities, corrections and the quality board; a part of hub/errors.py."""

from collections.abc import Mapping

from hub.error_text import ErrorText

IDENTITY_ERRORS: Mapping[str, ErrorText] = {
    "CORRECTION_NOT_FOUND": ErrorText(
        "没有可由您办理的这项校核。", "There is no such correction that you may deal with."
    ),
    "CORRECTION_OPEN": ErrorText(
        "此主体的该字段已有校核 {number} 在办，请等待其结果。",
        "Correction {number} of this field is open already: wait for what comes of it.",
        status=409,
    ),
    "CORRECTION_STATE": ErrorText(
        "该校核现为“{state}”，不能这样办理。",
        "The correction is {state_en}, so this can't be done with it.",
        status=409,
    ),
    "CONFLICT": ErrorText(
        "“{label}”在不同数据源中不一致，现按规则显示{source}的值；各方的值见 conflicts，可提出校核（raiseCorrection）。",
        "{label_en} is not the same in all sources; what is shown is the value of {source}. All of them stand in conflicts;"
        " a correction can be raised (raiseCorrection).",
        "HUB",
        200,
    ),
    "ENTITY_SUCCEEDED": ErrorText(
        "此主体已并入、拆分为或更换为另一主体，不能再作为对象；请使用现主体。",
        "This entity has become another one: use that.",
        status=409,
    ),
    "KEY_LINKED": ErrorText(
        "此本地编号已对应另一主体；如有误，请送复核（queueReview）。",
        "This key stands for another entity already; if that is wrong, have it reviewed (queueReview).",
        status=409,
    ),
    "IMPORT_NOT_FOUND": ErrorText(
        "没有您能查看的以文件提供数据的数据源，或其中没有这份文件。",
        "There is no source of files that you may see, or no such file of it.",
    ),
    "IMPORTS_UNAVAILABLE": ErrorText(
        "该数据源的收件记录暂时无法读取。",
        "What became of this source's files cannot be read at the moment.",
        "SOURCE",
        503,
        True,
    ),
    "NOT_COMPARED": ErrorText(
        "{source}未应答，未能与其核对。",
        "{source} did not answer, so that nothing was compared with it.",
        "SOURCE",
        200,
        True,
    ),
    "MAPPING_NOT_FOUND": ErrorText(
        "没有由您部门负责的此数据源或记录。", "Your department answers for no such source and record."
    ),
    "QUALITY_RUN_NOT_FOUND": ErrorText(
        "没有您能查看的这次质量检查。", "There is no such run of the quality board that you may see."
    ),
    "REDIRECTED": ErrorText(
        "所查主体已并入、拆分或换码，此处为其现主体。",
        "The entity that was asked for has become another one, which is shown.",
    ),
    "REGISTRAR_REQUIRED": ErrorText(
        "须由登记数据的数源部门管理员或市信用办办理。",
        "This is for stewards of the register, and for the credit office.",
        status=403,
    ),
    "REVIEW_NOT_FOUND": ErrorText("没有可由您办理的这项复核。", "There is no such review that you may deal with."),
    "REVIEW_STATE": ErrorText(
        "该复核现为“{state}”，不能这样办理。", "The review is {state_en}, so this can't be done with it.", status=409
    ),
    "SECOND_PERSON_REQUIRED": ErrorText(
        "提出与确认须由不同的人办理；您或您代理的人已办理过其中一环。",
        "Proposing and confirming are for different people; you, or whom you stand for, did one of these already.",
        status=403,
    ),
    "SUCCESSION_BUILT_ON": ErrorText(
        "此后的事项（{later}）以它为基础：请先撤销后者。",
        "Something later builds on it ({later}): undo that first.",
        status=409,
    ),
    "SUCCESSION_NOT_FOUND": ErrorText(
        "没有可由您办理的这项承继。", "There is no such succession that you may deal with."
    ),
    "SUCCESSION_STATE": ErrorText(
        "该承继事项现为“{state}”，不能这样办理。",
        "The succession is {state_en}, so this can't be done with it.",
        status=409,
    ),
}
