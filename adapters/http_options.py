"""What a source over HTTP says of itself, whatever it speaks: address, credentials, certificates, sizes.

Refuses what would show keys or secrets to the network. Knows no record.
"""

import re
from ipaddress import ip_address
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from adapters.options import LocalPath, Secret, SourceOptions, Url

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _checked_path(path: str) -> str:
    if not path.startswith("/") or re.search(r"[?#\\\s]|//|/\.{1,2}(/|$)", path):
        raise ValueError("a path starts with / and holds no query, fragment, space or dot segment")
    return path


def _checked_address(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address starts with http:// or https:// and names a host")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("an address holds no query, fragment or user; credentials belong to auth")
    return url


def _checked_header(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise ValueError("is not the name of a header")
    return name


def _checked_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("a secret is one line of printable ASCII")
    return secret


def _checked_user(name: str) -> str:
    if not name or not name.isprintable() or ":" in name:
        raise ValueError("a user's name is one line without a colon")
    return name


def one_or_many(value: Any) -> Any:
    """One table as a list of one."""
    return [value] if isinstance(value, dict) else value


AddressPath = Annotated[str, AfterValidator(_checked_path)]
Address = Annotated[Url, AfterValidator(_checked_address)]
Header = Annotated[str, AfterValidator(_checked_header)]
User = Annotated[str, AfterValidator(_checked_user)]
Credential = Annotated[Secret, AfterValidator(_checked_secret)]


class Table(BaseModel):
    """A table inside the options of a source; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoAuth(Table):
    """The source asks for no credentials."""

    way: Literal["none"] = "none"


class KeyAuth(Table):
    """A key in a header; `prefix` stands before it, as `Bearer ` would."""

    way: Literal["key"]
    header: Header
    key: Credential
    prefix: str = Field(default="", pattern=r"^[A-Za-z-]* ?$")


class BasicAuth(Table):
    """HTTP Basic."""

    way: Literal["basic"]
    user: User
    password: Credential


class ClientAuth(Table):
    """OAuth 2 client credentials; the client signs in with HTTP Basic or, `in_body`, in the form."""

    way: Literal["client_credentials"]
    token_url: Address
    client_id: str
    client_secret: Credential
    scope: str = ""
    in_body: bool = False


class HttpOptions(SourceOptions):
    """Options of every source over HTTP. plain_http: accept http:// beyond this machine."""

    base_url: Address
    plain_http: bool = False
    ca_file: LocalPath | None = None
    auth: Annotated[NoAuth | KeyAuth | BasicAuth | ClientAuth, Field(discriminator="way")] = NoAuth()
    content_types: tuple[str, ...] = ("application/json",)
    max_bytes: int = Field(default=8 * 2**20, ge=1024, le=2**30)
    connections: int = Field(default=16, ge=1, le=256)

    @model_validator(mode="after")
    def _private(self) -> Self:
        addresses = [self.base_url, *([self.auth.token_url] if isinstance(self.auth, ClientAuth) else [])]
        if not self.plain_http and not all(map(_is_private, addresses)):
            raise ValueError("http:// shows keys and answers to the network: use https:// or say plain_http = true")
        return self


def _is_private(url: SecretStr) -> bool:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
