"""The pages on which a person proves who they are, filled in for one sign-in."""

from starlette.requests import Request
from starlette.responses import Response

from auth.server import second_factor
from hub.callers.people import Account
from hub.callers.reception import Reception, Words
from hub.callers.tickets import Pending
from hub.web import sign_in as pages
from hub.web.qr import svg_of
from hub.web.sign_in import Alert

_STATUS = {Alert.TOO_MANY_ATTEMPTS: 429, Alert.WRONG_CREDENTIALS: 401, Alert.WRONG_CODE: 401, Alert.WRONG_PASSWORD: 401}
_ACCOUNT = ("账号管理", "Your account")


class Showing:
    """Shows them; the status follows from the alert."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    def sign_in(
        self, request: Request, pending: Pending, username: str = "", alert: Alert | None = None, wait: int = 0
    ) -> Response:
        """Name and password, or another provider."""
        client, department = self._client(pending)
        page = pages.SignInPage(
            csrf=self._reception.csrf(request, pending),
            ticket=pending.ticket,
            alert=alert,
            minutes=_minutes(wait),
            client=client,
            department=department,
            externals=[
                pages.External(name, label, f"/oauth/external/{name}?ticket={pending.ticket}")
                for name, label in self._reception.externals
            ],
            username=username,
        )
        return self._reception.page(page, status=_status(alert))

    def code(self, request: Request, pending: Pending, alert: Alert | None = None, wait: int = 0) -> Response:
        """A code of the authenticator."""
        csrf = self._reception.csrf(request, pending)
        page = pages.SecondFactorPage(csrf=csrf, ticket=pending.ticket, alert=alert, minutes=_minutes(wait))
        return self._reception.page(page, status=_status(alert))

    def enrolment(
        self, request: Request, pending: Pending, account: Account, key: bytes, alert: Alert | None = None
    ) -> Response:
        """The key of a new authenticator, and its first code."""
        uri = second_factor.address(key, account.username or account.label, "码上诚信")
        page = pages.EnrolmentPage(
            csrf=self._reception.csrf(request, pending),
            ticket=pending.ticket,
            alert=alert,
            secret=second_factor.shown(key),
            uri=uri,
            qr=svg_of(uri),
        )
        return self._reception.page(page, status=_status(alert))

    def password(
        self, request: Request, pending: Pending, account: Account, alert: Alert | None = None, wait: int = 0
    ) -> Response:
        """A new password."""
        page = pages.PasswordPage(
            csrf=self._reception.csrf(request, pending),
            ticket=pending.ticket,
            alert=alert,
            minutes=_minutes(wait),
            username=account.username or "",
            first=account.must_change,
        )
        return self._reception.page(page, status=_status(alert))

    def _client(self, pending: Pending) -> tuple[Words, Words]:
        """What is signed in to, and whose it is."""
        found = self._reception.registration(pending)
        if found is None:
            return _ACCOUNT, ("", "")
        return (found.client.label, ""), self._reception.department(found.client.department)


def _status(alert: Alert | None) -> int:
    return 200 if alert is None else _STATUS.get(alert, 400)


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)
