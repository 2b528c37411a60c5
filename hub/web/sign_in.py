"""The pages of a person's sign-in: frozen values in, HTML out, and the headers every such page is sent with.

Each form posts to the address it was read from, and works without JavaScript. Knows no request, no store and no client:
what a page may say is decided by whoever fills it in. Sentences stand in words_sign_in and words_endings.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias
from urllib.parse import urlsplit

from hub.web import words_endings as endings
from hub.web import words_sign_in as words
from hub.web.assets import asset_url
from hub.web.words_endings import DeviceEnding, ExternalEnding, Refusal
from hub.web.words_sign_in import Alert, Words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["Alert", "DeviceEnding", "ExternalEnding", "Refusal", "Words"]

_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What every form carries: the hidden fields, and why it is shown again, if it is."""

    csrf: str
    ticket: str
    alert: Alert | None = None
    minutes: int = 0
    """How long to wait, for Alert.TOO_MANY_ATTEMPTS."""


@dataclass(frozen=True, slots=True)
class External:
    """A provider through which one can sign in as well; `href` starts that by GET."""

    name: str
    label: Words
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client asks for in a person's name, in words: labels of the role, the purposes and the scopes."""

    client: Words
    department: Words
    person: str
    role: Words
    purposes: Sequence[Words]
    scopes: Sequence[Words]
    until: datetime
    """Shown as it is given: in the time zone of its readers."""
    uncertified: bool = False
    """True for an officer whose certificate does not hold now."""
    returns_to: str = ""
    """Host, or private scheme, of the redirect URI; empty for a device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage(_Form):
    """Fields `username` and `password`; links to other providers."""

    template: ClassVar[str] = "sign_in.html"
    client: Words
    department: Words
    externals: Sequence[External] = ()
    username: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorPage(_Form):
    """Field `code`: blanks may stand in it."""

    template: ClassVar[str] = "second_factor.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentPage(_Form):
    """Field `code`, the first one of a new authenticator.

    `secret` is base32; `uri` is the otpauth: address of the same; `qr` is an SVG without style attributes, dark on nothing.
    """

    template: ClassVar[str] = "enrolment.html"
    secret: str
    uri: str
    qr: "Markup"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage(_Form):
    """Buttons `decision` = allow, deny, or another: an account."""

    template: ClassVar[str] = "consent.html"
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCodePage(_Form):
    """Field `user_code`: case and dash as people type them. There may be no ticket yet."""

    template: ClassVar[str] = "device_code.html"
    ticket: str = ""
    user_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConfirmPage(_Form):
    """Buttons `decision` = allow, deny or another, beneath the code to compare; carries `user_code` hidden."""

    template: ClassVar[str] = "device_confirm.html"
    user_code: str
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPage(_Form):
    """Fields `current`, `new` and `repeat`; `first` where the password was given out by an administrator."""

    template: ClassVar[str] = "password.html"
    ticket: str = ""
    username: str
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutPage(_Form):
    """One button, for signing out by a mere link would let any site do it."""

    template: ClassVar[str] = "sign_out.html"
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAdmittedPage(_Form):
    """Somebody may not go on as who they are; the button `decision` = another lets them sign in as somebody else."""

    template: ClassVar[str] = "ending.html"
    refusal: Refusal

    @property
    def told(self) -> endings.Ending:
        return self.refusal.value


@dataclass(frozen=True, slots=True)
class DeviceEndingPage:
    """The device may go on, was refused, or came too late."""

    template: ClassVar[str] = "ending.html"
    ending: DeviceEnding
    client: Words

    @property
    def told(self) -> endings.Ending:
        return _told(self.ending.value, client=self.client)


@dataclass(frozen=True, slots=True)
class ExternalEndingPage:
    """Another provider did not bring about a sign-in; `back` leads to the sign-in page, if that still waits."""

    template: ClassVar[str] = "ending.html"
    ending: ExternalEnding
    provider: Words
    back: str = ""

    @property
    def told(self) -> endings.Ending:
        return _told(self.ending.value, provider=self.provider)


@dataclass(frozen=True, slots=True)
class SignedOutPage:
    """The end of a sign-out."""

    template: ClassVar[str] = "ending.html"

    @property
    def told(self) -> endings.Ending:
        return endings.SIGNED_OUT


@dataclass(frozen=True, slots=True)
class PasswordChangedPage:
    """The end of a change of the password that somebody asked for."""

    template: ClassVar[str] = "ending.html"

    @property
    def told(self) -> endings.Ending:
        return endings.PASSWORD_CHANGED


@dataclass(frozen=True, slots=True)
class PasswordElsewherePage:
    """Somebody whose password is not the hub's wanted to change it."""

    template: ClassVar[str] = "ending.html"

    @property
    def told(self) -> endings.Ending:
        return endings.PASSWORD_ELSEWHERE


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """The error page where no redirect is allowed; give `render` the request id it tells people to quote.

    `again` leads to where it begins, if that is a page of the hub.
    """

    template: ClassVar[str] = "ending.html"
    refusal: Refusal
    again: str = ""

    @property
    def told(self) -> endings.Ending:
        return self.refusal.value


Page: TypeAlias = (
    SignInPage
    | SecondFactorPage
    | EnrolmentPage
    | ConsentPage
    | DeviceCodePage
    | DeviceConfirmPage
    | PasswordPage
    | SignOutPage
    | NotAdmittedPage
    | DeviceEndingPage
    | ExternalEndingPage
    | SignedOutPage
    | PasswordChangedPage
    | PasswordElsewherePage
    | RefusalPage
)


def render(page: Page, *, request_id: str = "") -> str:
    """The whole page as HTML, with the number to quote at its foot."""
    return _environment().get_template(page.template).render(page=page, request_id=request_id)


def page_headers(form_action: Sequence[str] = ()) -> dict[str, str]:
    """Headers of a page; `form_action` names the addresses to which what follows on its form may lead.

    They are redirect URIs or origins. ValueError for one that has no place in a policy.
    """
    # Chromium holds form-action against every redirect that follows on a form, not against its first address alone.
    targets = " ".join(dict.fromkeys(["'self'", *map(_source, form_action)]))
    return {
        "cache-control": "no-store",
        "content-security-policy": "; ".join(
            (
                "default-src 'none'",
                "style-src 'self'",
                "script-src 'self'",
                "img-src 'self' data:",
                f"form-action {targets}",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            )
        ),
        "cross-origin-opener-policy": "same-origin",
        # With no-referrer a browser sends `Origin: null` when a form is posted, so that the hub could not tell its own
        # form from another site's. This one tells other sites just as little.
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }


def _source(uri: str) -> str:
    """The source expression that covers an address."""
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"}:
        if not _SCHEME.fullmatch(parts.scheme):
            raise ValueError(f"no address to lead to: {uri!r}")
        return f"{parts.scheme}:"
    if ":" in (parts.hostname or ""):
        # The grammar of policies has no IPv6 addresses; only native apps on the person's own machine use one.
        return f"{parts.scheme}:"
    if not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError(f"no address to lead to: {uri!r}")
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def _told(ending: endings.Ending, **names: Words) -> endings.Ending:
    title, happened, following = (words.fill(part, **names) for part in (ending.title, ending.happened, ending.next))
    return endings.Ending(title, happened, following)


def _grouped(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _moment(moment: datetime) -> Words:
    clock = f"{moment:%H:%M}"
    return f"{moment.year}年{moment.month}月{moment.day}日 {clock}", f"{moment.day} {moment:%B %Y}, {clock}"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - for whoever opens a page

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates" / "sign_in"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"asset_url": asset_url, "fill": words.fill, "words": words}
    environment.filters |= {"grouped": _grouped, "moment": _moment}
    return environment
