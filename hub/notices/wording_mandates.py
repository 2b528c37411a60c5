"""What notices about accounts, mandates and secrets say, and why mandates end."""

from enum import StrEnum

from hub.events import Event, Who


class Ending(StrEnum):
    """Why a mandate ended."""

    BY_CLERK = "BY_CLERK"
    BY_HOLDER = "BY_HOLDER"
    BY_REPRESENTATIVE = "BY_REPRESENTATIVE"
    ENTITY_ENDED = "ENTITY_ENDED"
    HOLDER_ENDED = "HOLDER_ENDED"
    PERIOD_OVER = "PERIOD_OVER"
    RENEWED = "RENEWED"
    REPRESENTATIVE_CHANGED = "REPRESENTATIVE_CHANGED"
    REPRESENTATIVE_ENDED = "REPRESENTATIVE_ENDED"


ENDINGS: dict[Ending, tuple[str, str]] = {
    Ending.BY_CLERK: ("核验窗口已撤销", "the counter that vouched took it back"),
    Ending.BY_HOLDER: ("由本人终止", "it was given up"),
    Ending.BY_REPRESENTATIVE: ("由法定代表人或经营者终止", "the representative or owner ended it"),
    Ending.ENTITY_ENDED: ("该经营主体已注销或登记被撤销", "the entity is deregistered"),
    Ending.HOLDER_ENDED: ("该账号已停用", "the account was ended"),
    Ending.PERIOD_OVER: ("期限已满", "its period is over"),
    Ending.RENEWED: ("已由新的授权代替", "another one took its place"),
    Ending.REPRESENTATIVE_CHANGED: ("登记的法定代表人或经营者已变更", "the registered representative or owner changed"),
    Ending.REPRESENTATIVE_ENDED: ("授权人不再代表该经营主体", "whoever gave it acts for the entity no more"),
}

SENTENCES: dict[Event, tuple[str, str]] = {
    Event.MANDATE_GRANTED: (
        "您的账号自{when:instant}起可代表统一社会信用代码为{entity}的经营主体{until:until}。如非您本人知情，请立即告知政务服务窗口。",
        (
            "Your account may act for {entity} from {when:instant}{until:until}. If you did not know of this, tell the counter at"
            " once."
        ),
    ),
    Event.MANDATE_ENDED: (
        "您的账号自{when:instant}起不再代表统一社会信用代码为{entity}的经营主体：{reason:ending}。",
        "Your account acts for {entity} no more, from {when:instant}: {reason:ending}.",
    ),
    Event.REPRESENTATIVE_CHANGED: (
        (
            "登记机关显示统一社会信用代码为{entity}的经营主体已变更法定代表人或经营者。您的账号及由其授权的账号自{when:instant}起"
            "不再代表该主体。如登记有误，请向登记机关提出。"
        ),
        (
            "The register names another representative or owner of {entity}. Your account, and those it let act, act for it"
            " no more, from {when:instant}. If the register is wrong, tell the registrar."
        ),
    ),
    Event.SECOND_FACTOR_RECOVERED: (
        "两名管理员已于{when:instant}为您恢复二次验证：原验证器失效，下次登录时请重新绑定。如非您本人要求，请立即告知安全管理员。",
        (
            "At {when:instant} two administrators recovered your second factor: your authenticator is void, set up another one"
            " when you next sign in. If you did not ask for this, tell the security administrator at once."
        ),
    ),
    Event.SECRET_EXPIRING: (
        "客户端{client}的密钥将于{until:instant}到期，请在此之前更换；新旧密钥可同时使用。",
        (
            "A secret or key of client {client} ends at {until:instant}: give it another one before. Both can be used"
            " meanwhile."
        ),
    ),
}

FOR_ENTITIES: dict[tuple[Event, Who], tuple[str, str]] = {
    (Event.MANDATE_GRANTED, Who.ENTITY): (
        "自{when:instant}起，有账号可代表统一社会信用代码为{entity}的经营主体{until:until}。如非贵单位授意，请立即告知政务服务窗口。",
        (
            "From {when:instant} an account may act for {entity}{until:until}. If you did not wish this, tell the counter at"
            " once."
        ),
    ),
    (Event.REPRESENTATIVE_CHANGED, Who.ENTITY): (
        (
            "登记机关显示统一社会信用代码为{entity}的经营主体已变更法定代表人或经营者。原法定代表人及其授权的账号自{when:instant}起"
            "不再代表贵单位；新任法定代表人可实名登录，或到政务服务窗口核验后办理。"
        ),
        (
            "The register names another representative or owner of {entity}. Accounts of the former one, and those they let"
            " act, act for it no more, from {when:instant}. The new one can sign in with their real name, or come to the counter."
        ),
    ),
}
