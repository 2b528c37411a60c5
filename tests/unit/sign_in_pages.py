"""The pages of a sign-in as a person could meet them, each filled in, each with every alert that belongs to it."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup

from auth.roles import ROLE_LABELS, Role
from auth.scopes import SCOPE_LABELS
from hub.web.sign_in import (
    Alert,
    Asked,
    ConsentPage,
    DeviceCodePage,
    DeviceConfirmPage,
    DeviceEnding,
    DeviceEndingPage,
    EnrolmentPage,
    External,
    ExternalEnding,
    ExternalEndingPage,
    NotAdmittedPage,
    Page,
    PasswordChangedPage,
    PasswordElsewherePage,
    PasswordPage,
    Refusal,
    RefusalPage,
    SecondFactorPage,
    SignedOutPage,
    SignInPage,
    SignOutPage,
)

CLIENT = ("移动执法终端", "Field inspection app")
DEPARTMENT = ("肇东市市场监督管理局", "")
PROVIDER = ("黑龙江省实名认证", "Real-name service of Heilongjiang")
SVG = Markup('<svg viewBox="0 0 41 41"><path fill="currentColor" d="M4 4h7v7H4z"/></svg>')
ASKED = Asked(
    client=CLIENT,
    department=DEPARTMENT,
    person="李卫（li.wei）",
    role=ROLE_LABELS[Role.OFFICER],
    purposes=[("现场检查", "Inspection"), ("案件办理", "Case work")],
    scopes=list(SCOPE_LABELS.values()),
    until=datetime(2024, 6, 6, 18, 5),  # noqa: DTZ001 - shown as it is
    returns_to="zhifa.example",
)
EXTERNALS = [External("merchant", PROVIDER, "/oauth/external/merchant?ticket=T-1"), External("own", CLIENT, "/x")]
SIGN_IN = SignInPage(csrf="C-1", ticket="T-1", client=CLIENT, department=DEPARTMENT, externals=EXTERNALS)
SECOND_FACTOR = SecondFactorPage(csrf="C-1", ticket="T-1")
ENROLMENT = EnrolmentPage(csrf="C-1", ticket="T-1", secret="JBSWY3DPEHPK3PXPJBSWY3DP", uri="otpauth://totp/x", qr=SVG)
CONSENT = ConsentPage(csrf="C-1", ticket="T-1", asked=ASKED)
DEVICE_CODE = DeviceCodePage(csrf="C-1", ticket="T-1", user_code="bcdfghjk")
DEVICE_CONFIRM = DeviceConfirmPage(csrf="C-1", ticket="T-1", user_code="BCDF-GHJK", asked=ASKED)
PASSWORD = PasswordPage(csrf="C-1", ticket="T-1", username="li.wei")

_LATE = (Alert.SESSION_EXPIRED, Alert.TOO_MANY_ATTEMPTS, Alert.MISSING_INPUT)
_NEW = (Alert.PASSWORD_KNOWN, Alert.PASSWORD_TOO_SHORT, Alert.PASSWORD_UNCHANGED, Alert.PASSWORDS_DIFFER)
_ALERTS: list[tuple[Any, tuple[Alert, ...]]] = [
    (SIGN_IN, (Alert.WRONG_CREDENTIALS, *_LATE)),
    (SECOND_FACTOR, (Alert.WRONG_CODE, *_LATE)),
    (ENROLMENT, (Alert.WRONG_CODE, *_LATE)),
    (CONSENT, (Alert.SESSION_EXPIRED,)),
    (DEVICE_CODE, (Alert.UNKNOWN_USER_CODE, *_LATE)),
    (DEVICE_CONFIRM, (Alert.SESSION_EXPIRED,)),
    (PASSWORD, (Alert.WRONG_PASSWORD, *_NEW, *_LATE)),
]

FORMS: list[Any] = [form for form, _ in _ALERTS] + [
    replace(PASSWORD, first=True),
    SignOutPage(csrf="C-1", ticket="T-1"),
]
REPEATED: list[Any] = [replace(form, alert=alert, minutes=15) for form, alerts in _ALERTS for alert in alerts]
ENDINGS: list[Any] = [
    *(DeviceEndingPage(ending, CLIENT) for ending in DeviceEnding),
    *(ExternalEndingPage(ending, PROVIDER, "/oauth/sign-in?ticket=T-1") for ending in ExternalEnding),
    SignedOutPage(),
    PasswordChangedPage(),
    PasswordElsewherePage(),
    *(RefusalPage(refusal, "/oauth/device") for refusal in Refusal),
    NotAdmittedPage(csrf="C-1", ticket="T-1", refusal=Refusal.PERSON_NOT_ALLOWED),
]
PAGES: list[Page] = [*FORMS, *REPEATED, *ENDINGS]


def name(page: Page) -> str:
    """What a test calls a page."""
    cause = getattr(page, "alert", None) or getattr(page, "ending", None) or getattr(page, "refusal", None)
    return type(page).__name__ + (f"-{cause.name}" if cause else "-first" if getattr(page, "first", False) else "")


def hostile(page: Any, text: str) -> Any:
    """The same page, with the text in the place of every text and label."""
    return replace(page, **{field.name: _hostile(getattr(page, field.name), text) for field in fields(page)})


def _hostile(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, list | tuple):
        return type(value)(_hostile(part, text) for part in value)
    return hostile(value, text) if isinstance(value, Asked | External) else value
