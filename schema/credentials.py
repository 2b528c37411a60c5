"""What opens the hub for clients and people: secrets, keys and sign-ins as the system administrator looks after them."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.scalars import DateTime, Position

_POSITION = "审计记录中的位置 / Position of its entry in the record"
_ADMIN, _AUDIT = Role.ADMIN, Role.AUDIT


@strawberry.type(description="客户端的一个密钥或公钥;从不含密钥本身 / A secret or key of a client, never itself")
class ClientCredentialItem:
    id: strawberry.ID = strawberry.field(description="编号 / Id")
    key: bool = strawberry.field(description="是公钥;否则为密钥 / A public key; else a secret")
    made_at: DateTime = strawberry.field(description="发放时间 / When it was given")
    expires_at: DateTime = strawberry.field(description="有效至 / Until when it opens something")


@strawberry.type(description="一次仍有效的登录 / A sign-in that holds")
class SignInItem:
    client: str | None = strawberry.field(
        description="经哪个客户端;本网关的浏览器会话为空 / Through which client, null for a browser at the hub itself"
    )
    factors: list[str] = strawberry.field(description="验证方式 / By what it was proven")
    began_at: DateTime = strawberry.field(description="开始于 / When it began")
    expires_at: DateTime = strawberry.field(description="至多到 / Until when at most")


@strawberry.type(description="发放密钥的结果 / What became of giving a secret")
class SecretOutcome:
    id: strawberry.ID = strawberry.field(description="密钥编号 / Id of the secret")
    secret: str | None = strawberry.field(
        description="密钥,只显示这一次 / The secret, shown this once; null when it was shown before"
    )
    expires_at: DateTime = strawberry.field(description="有效至 / Until when it opens something")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="收回的结果 / What became of taking something back")
class WithdrawnOutcome:
    count: int = strawberry.field(description="收回的个数;原已失效则为 0 / How many ended, none if they had before")
    position: Position = strawberry.field(description=_POSITION)


class CredentialDesk(Protocol):
    """What the store says of secrets and sign-ins."""

    def of_client(self, name: str) -> Sequence[ClientCredentialItem]: ...
    def sign_ins(self, username: str) -> Sequence[SignInItem]: ...


class CredentialDeeds(Protocol):
    """What the system administrator does about them."""

    def give_secret(self, name: str, days: int) -> SecretOutcome: ...
    def withdraw(self, name: str, credential: str) -> WithdrawnOutcome: ...
    def end_sign_ins(self, username: str) -> WithdrawnOutcome: ...


class _Store(Protocol):
    @property
    def credentials(self) -> CredentialDesk: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


class _Acts(Protocol):
    @property
    def credentials(self) -> CredentialDeeds: ...


_Client = Annotated[str, strawberry.argument(name="id", description="客户端编号 / Id of the client")]
_Username = Annotated[str, strawberry.argument(description="账号或人员编号 / Account name, or id of the person")]


def _of_client(info: Info[_Desk, None], client: _Client) -> list[ClientCredentialItem]:
    return list(info.context.store.credentials.of_client(client))


def _sign_ins(info: Info[_Desk, None], username: _Username) -> list[SignInItem]:
    return list(info.context.store.credentials.sign_ins(username))


def _give_secret(
    info: Info[_Acts, None],
    client: _Client,
    days: Annotated[int, strawberry.argument(description="有效天数,1–730 / Days until it ends, 1 to 730")] = 365,
) -> SecretOutcome:
    return info.context.credentials.give_secret(client, days)


def _withdraw(
    info: Info[_Acts, None],
    client: _Client,
    credential: Annotated[strawberry.ID, strawberry.argument(description="密钥编号 / Id of the secret or key")],
) -> WithdrawnOutcome:
    return info.context.credentials.withdraw(client, credential)


def _end_sign_ins(info: Info[_Acts, None], username: _Username) -> WithdrawnOutcome:
    return info.context.credentials.end_sign_ins(username)


@strawberry.type
class CredentialQuery:
    """Questions about what opens the hub."""

    client_credentials: list[ClientCredentialItem] = offer(
        "客户端有效的密钥与公钥,不含密钥本身",
        "Secrets and keys of a client that hold, without the secrets",
        _ADMIN,
        _AUDIT,
        by=_of_client,
    )
    sign_ins: list[SignInItem] = offer(
        "某人仍有效的登录", "Sign-ins of a person that hold", _ADMIN, _AUDIT, by=_sign_ins
    )


@strawberry.type
class CredentialMutation:
    """What the system administrator does about it."""

    give_client_secret: SecretOutcome = offer(
        "为客户端发放一个密钥,只显示这一次;此前的继续有效",
        "Give a client one more secret, shown this once; those from before go on",
        _ADMIN,
        by=_give_secret,
    )
    withdraw_client_credential: WithdrawnOutcome = offer(
        "收回客户端的一个密钥或公钥", "Let a secret or key of a client open nothing any more", _ADMIN, by=_withdraw
    )
    end_sign_ins: WithdrawnOutcome = offer(
        "结束某人的全部登录,其令牌立即作废;不得为本人",
        "End every sign-in of somebody else; their tokens are dead at once",
        _ADMIN,
        by=_end_sign_ins,
    )
