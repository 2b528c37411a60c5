"""People, clients, departments: what the system administrator looks after, and the small types that say what was done."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.enums import Office, StopKind
from schema.scalars import DateTime, Position

_POSITION = "审计记录中的位置 / Position of its entry in the record"
_ADMIN, _AUDIT = Role.ADMIN, Role.AUDIT


@strawberry.type(name="Binding", description="行过滤的值 / Values of a row filter")
class BindingItem:
    name: str = strawberry.field(description="名称 / Its name")
    values: list[str] = strawberry.field(description="值 / Its values")


@strawberry.type(name="Person", description="有账号的人员 / Somebody with an account")
class PersonItem:
    id: strawberry.ID = strawberry.field(description="人员编号 / Id")
    username: str | None = strawberry.field(description="账号;由其他平台担保的为空 / Account name, null for outsiders")
    label: str | None = strawberry.field(description="姓名,仅系统管理员可见 / Name; for the system administrator only")
    department: str = strawberry.field(description="部门 / Department")
    role: str = strawberry.field(description="角色 / Role")
    purposes: list[str] = strawberry.field(description="只限这些用途;空为不限 / These purposes only; empty: all")
    bindings: list[BindingItem] = strawberry.field(description="行过滤的值 / Values of row filters")
    second_factor: bool = strawberry.field(description="已绑定验证器 / Has an authenticator")
    recovery_waits: bool = strawberry.field(
        description="已有一名管理员提出恢复二次验证,待另一名同意 / One administrator asked to recover it, another has to agree"
    )
    frozen: bool = strawberry.field(description="本人或其部门已冻结 / Frozen, by themselves or with their department")


@strawberry.type(name="Client", description="登记的客户端;从不含密钥 / A registered client; never a secret")
class ClientItem:
    id: str = strawberry.field(description="编号 / Id")
    label: str = strawberry.field(description="名称 / Name")
    department: str = strawberry.field(description="部门 / Department")
    role: str = strawberry.field(description="角色 / Role")
    purposes: list[str] = strawberry.field(description="用途 / Purposes")
    bindings: list[BindingItem] = strawberry.field(description="行过滤的值 / Values of row filters")
    authentication: str = strawberry.field(description="证明方式 / How it proves who it is")
    machine: bool = strawberry.field(description="可用自身凭证 / May ask for itself")
    sign_in: bool = strawberry.field(description="人员可经其登录 / People sign in through it")
    portal: bool = strawberry.field(description="登录者以本人部门和角色行事 / Whoever signs in acts as themselves")
    redirect_uris: list[str] = strawberry.field(description="回调地址 / Where browsers are sent back to")
    device: bool = strawberry.field(description="无浏览器的设备 / Devices without a browser")
    dpop: bool = strawberry.field(description="令牌须绑定密钥 / Its tokens are bound to a key")
    pushed: bool = strawberry.field(description="须先推送授权请求 / Pushes its requests first")
    secrets: int = strawberry.field(description="有效的密钥个数 / Secrets and keys that hold")
    frozen: bool = strawberry.field(description="本身或其部门已冻结 / Frozen, by itself or with its department")


@strawberry.type(name="Department", description="部门 / A department")
class DepartmentItem:
    code: str = strawberry.field(description="代码 / Code")
    label: str = strawberry.field(description="名称 / Name")
    label_en: str = strawberry.field(description="英文名称 / English name")
    contact: str = strawberry.field(description="联系方式 / Contact")
    how_to_request: str = strawberry.field(description="如何申请 / How access is asked for")
    frozen: bool = strawberry.field(description="已冻结 / Frozen")


@strawberry.type(name="Freeze", description="尚未解除的冻结 / A freeze that has not been lifted")
class FreezeItem:
    kind: StopKind = strawberry.field(description="冻结对象 / What is frozen")
    name: str = strawberry.field(description="编号、代码或账号 / Id, code or account name, as `thaw` takes it")
    label: str | None = strawberry.field(description="客户端或部门的名称 / Name of the client or department")
    since: DateTime = strawberry.field(description="自何时 / Since when")
    reason: str = strawberry.field(description="理由 / Why")


@strawberry.input(description="行过滤的值 / Values of a row filter")
class BindingInput:
    name: str = strawberry.field(description="名称 / Its name")
    values: list[str] = strawberry.field(description="值 / Its values")


@strawberry.input(description="部门 / A department")
class DepartmentInput:
    code: str = strawberry.field(description="代码,小写字母开头 / Code, begins with a lower-case letter")
    label: str = strawberry.field(description="名称 / Name")
    label_en: str = strawberry.field(default="", description="英文名称 / English name")
    contact: str = strawberry.field(default="", description="联系方式 / Contact")
    how_to_request: str = strawberry.field(default="", description="如何申请 / How access is asked for")


@strawberry.input(
    description="客户端,同 hub.toml 的 [[client]];密钥另发 / As [[client]] of hub.toml; secrets are given apart"
)
class ClientInput:
    id: str = strawberry.field(description="编号 / Id")
    label: str = strawberry.field(description="名称 / Name")
    department: str = strawberry.field(description="部门代码 / Code of its department")
    role: str = strawberry.field(description="角色,三员除外 / Role, none of the three offices")
    purposes: list[str] = strawberry.field(description="用途 / Purposes")
    bindings: list[BindingInput] = strawberry.field(
        default_factory=list, description="行过滤的值 / Values of row filters"
    )
    authentication: str = strawberry.field(default="secret", description="secret、private_key_jwt 或 / or none")
    machine: bool | None = strawberry.field(default=None, description="可用自身凭证 / May ask for itself")
    sign_in: bool = strawberry.field(default=False, description="人员可经其登录 / People sign in through it")
    portal: bool = strawberry.field(default=False, description="登录者以本人行事 / Whoever signs in acts as themselves")
    redirect_uris: list[str] = strawberry.field(default_factory=list, description="回调地址 / Redirect URIs")
    device: bool = strawberry.field(default=False, description="无浏览器的设备 / Devices without a browser")
    dpop: bool = strawberry.field(default=False, description="令牌须绑定密钥 / Its tokens are bound to a key")
    pushed: bool = strawberry.field(default=False, description="须先推送授权请求 / Pushes its requests first")


@strawberry.input(description="账号的内容;未给的不变 / What an account says; what is not given stays as it is")
class PersonInput:
    label: str | None = strawberry.field(default=None, description="姓名 / Name")
    department: str | None = strawberry.field(default=None, description="部门代码 / Code of the department")
    role: str | None = strawberry.field(default=None, description="角色,三员除外 / Role, none of the three offices")
    purposes: list[str] | None = strawberry.field(default=None, description="只限这些用途 / These purposes only")
    bindings: list[BindingInput] | None = strawberry.field(
        default=None, description="行过滤的值 / Values of row filters"
    )
    certificate: str | None = strawberry.field(
        default=None, description="执法证号;空文本为撤去 / Number of the certificate; an empty text takes it away"
    )
    email: str | None = strawberry.field(
        default=None, description="通知用邮箱;空文本为撤去 / Where notices may be mailed; an empty text takes it away"
    )
    phone: str | None = strawberry.field(
        default=None, description="通知用电话;空文本为撤去 / Telephone for notices; an empty text takes it away"
    )


@strawberry.type(description="办理结果 / What became of it")
class StaffOutcome:
    changed: bool = strawberry.field(description="状态有变化;原已如此则为否 / False if it was so already")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="账号办理结果 / What became of an account")
class AccountOutcome:
    id: strawberry.ID = strawberry.field(description="人员编号 / Id of the person")
    changed: bool = strawberry.field(description="有变化 / False if nothing was different")
    one_time_password: str | None = strawberry.field(
        description="首次登录用的一次性密码,只显示这一次 / For one sign-in, shown this once; null where there is none"
    )
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="任命三员的结果 / What became of giving an office")
class AppointOutcome:
    appointed: bool = strawberry.field(description="已任命 / Done")
    waiting: bool = strawberry.field(description="待审计管理员确认 / The audit administrator has to confirm it")
    expires_at: DateTime | None = strawberry.field(description="确认期限 / Until when that may be done")
    position: Position = strawberry.field(description=_POSITION)


class StaffDeeds(Protocol):
    """What the system administrator does to people, clients and departments."""

    def put_department(self, given: DepartmentInput) -> StaffOutcome: ...
    def end_department(self, code: str) -> StaffOutcome: ...
    def put_client(self, given: ClientInput) -> StaffOutcome: ...
    def end_client(self, name: str) -> StaffOutcome: ...
    def add_person(self, username: str, given: PersonInput) -> AccountOutcome: ...
    def change_person(self, username: str, given: PersonInput) -> AccountOutcome: ...
    def end_person(self, username: str) -> AccountOutcome: ...
    def reset_password(self, username: str) -> AccountOutcome: ...
    def appoint(self, username: str, office: Office) -> AppointOutcome: ...


class StaffDesk(Protocol):
    """What the store says of people, clients and departments."""

    def people(self) -> Sequence[PersonItem]: ...
    def freezes(self) -> Sequence[FreezeItem]: ...
    def clients(self) -> Sequence[ClientItem]: ...
    def departments(self) -> Sequence[DepartmentItem]: ...


class _Acts(Protocol):
    @property
    def staff(self) -> StaffDeeds: ...


class _Store(Protocol):
    @property
    def staff(self) -> StaffDesk: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


_Username = Annotated[str, strawberry.argument(description="账号或人员编号 / Account name, or id of the person")]


def _freezes(info: Info[_Desk, None]) -> list[FreezeItem]:
    return list(info.context.store.staff.freezes())


def _people(info: Info[_Desk, None]) -> list[PersonItem]:
    return list(info.context.store.staff.people())


def _clients(info: Info[_Desk, None]) -> list[ClientItem]:
    return list(info.context.store.staff.clients())


def _departments(info: Info[_Desk, None]) -> list[DepartmentItem]:
    return list(info.context.store.staff.departments())


def _put_department(info: Info[_Acts, None], department: DepartmentInput) -> StaffOutcome:
    return info.context.staff.put_department(department)


def _end_department(info: Info[_Acts, None], code: str) -> StaffOutcome:
    return info.context.staff.end_department(code)


def _put_client(info: Info[_Acts, None], client: ClientInput) -> StaffOutcome:
    return info.context.staff.put_client(client)


def _end_client(info: Info[_Acts, None], client: Annotated[str, strawberry.argument(name="id")]) -> StaffOutcome:
    return info.context.staff.end_client(client)


def _add_person(info: Info[_Acts, None], username: str, person: PersonInput) -> AccountOutcome:
    return info.context.staff.add_person(username, person)


def _change_person(info: Info[_Acts, None], username: _Username, person: PersonInput) -> AccountOutcome:
    return info.context.staff.change_person(username, person)


def _end_person(info: Info[_Acts, None], username: _Username) -> AccountOutcome:
    return info.context.staff.end_person(username)


def _reset_password(info: Info[_Acts, None], username: _Username) -> AccountOutcome:
    return info.context.staff.reset_password(username)


def _appoint(info: Info[_Acts, None], username: _Username, office: Office) -> AppointOutcome:
    return info.context.staff.appoint(username, office)


@strawberry.type
class StaffQuery:
    """Questions of the administrators about people, clients and departments."""

    people: list[PersonItem] = offer("全部人员", "Everybody with an account", _ADMIN, _AUDIT, by=_people)
    clients: list[ClientItem] = offer("全部客户端", "Every client", _ADMIN, _AUDIT, by=_clients)
    departments: list[DepartmentItem] = offer("全部部门", "Every department", _ADMIN, _AUDIT, by=_departments)
    freezes: list[FreezeItem] = offer(
        "现在冻结着的一切,最早的在前", "All that is frozen now, the longest first", Role.SEC, _AUDIT, by=_freezes
    )


@strawberry.type
class StaffMutation:
    """What the system administrator looks after."""

    put_department: StaffOutcome = offer("新增或更改部门", "Add or change a department", _ADMIN, by=_put_department)
    end_department: StaffOutcome = offer(
        "撤销部门;须已无人员和客户端",
        "End a department that has neither people nor clients",
        _ADMIN,
        by=_end_department,
    )
    put_client: StaffOutcome = offer("登记或更改客户端", "Register or change a client", _ADMIN, by=_put_client)
    end_client: StaffOutcome = offer(
        "注销客户端,其令牌和密钥立即失效",
        "End a client; its tokens and secrets are dead at once",
        _ADMIN,
        by=_end_client,
    )
    add_person: AccountOutcome = offer("新增账号", "Add a person", _ADMIN, by=_add_person)
    change_person: AccountOutcome = offer(
        "更改账号,此前的令牌立即作废",
        "Change an account; its tokens from before end at once",
        _ADMIN,
        by=_change_person,
    )
    end_person: AccountOutcome = offer("停用账号", "End an account; every sign-in ends", _ADMIN, by=_end_person)
    reset_password: AccountOutcome = offer(
        "重置密码", "Give a new password for one sign-in; all others end", _ADMIN, by=_reset_password
    )
    appoint: AppointOutcome = offer(
        "任命三员:系统管理员提出,审计管理员确认,均不得为本人",
        "Give somebody one of the three offices: proposed by the system administrator, confirmed by the audit administrator",
        _ADMIN,
        _AUDIT,
        by=_appoint,
    )
