"""Mail: a notice as plain text, Chinese first, through the mail server of the configuration (RFC 5321, 3207, 8314).

The server's certificate is checked, and credentials are shown only to one that has proved itself. A mail that is sent
again, because nobody knows whether it was, has the same Message-ID.
"""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import anyio.to_thread
from anyio import CapacityLimiter, fail_after

from hub.clock import SHANGHAI
from hub.notices.carriers import Letter, Undelivered

_TIMEOUT = 10.0
"""Seconds for which the server may be silent."""
_TOTAL = 25.0
"""Seconds for which one mail may take."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """How the server is reached; `security`: starttls, tls or none."""

    host: str
    port: int
    security: str
    sender: str
    label: str
    username: str | None = None
    password: str = field(default="", repr=False)
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends mail, one connection each: notices are few, and a server that hangs holds up one lane."""

    server: MailServer
    lanes: int = 4
    turns: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(8), repr=False)

    async def carry(self, letter: Letter) -> None:
        """Send one mail."""
        session = _Session(self.server, _message(self.server, letter))
        try:
            with fail_after(_TOTAL):
                await anyio.to_thread.run_sync(session.send, limiter=self.turns, abandon_on_cancel=True)
        except BaseException:
            # The thread ends with its connection, however slowly the server speaks.
            session.cut()
            raise

    async def aclose(self) -> None:
        """Nothing is held."""


class _Session:
    """One mail on one connection, in a thread that somebody else may have to end."""

    def __init__(self, server: MailServer, message: EmailMessage) -> None:
        self._server = server
        self._message = message
        self.client: smtplib.SMTP | None = None
        self._cut = False

    def send(self) -> None:
        """Undelivered where the server does not take it."""
        try:
            with self._connected() as client:
                if self._cut:
                    return
                self._prove(client)
                client.send_message(self._message)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise Undelivered("RECIPIENT_REFUSED", lasting=all(code >= 500 for code in codes)) from None
        except smtplib.SMTPAuthenticationError:
            raise Undelivered("NOT_AUTHENTICATED") from None
        except smtplib.SMTPResponseException as fault:
            raise Undelivered(f"SMTP_{fault.smtp_code}", lasting=500 <= fault.smtp_code < 600) from None
        except smtplib.SMTPNotSupportedError:
            raise Undelivered("NO_STARTTLS") from None
        except ssl.SSLError:
            raise Undelivered("TLS") from None
        except TimeoutError:
            raise Undelivered("TIMEOUT") from None
        except (smtplib.SMTPException, OSError):
            # What a server wrote ends here.
            raise Undelivered("UNREACHABLE") from None

    def cut(self) -> None:
        """End the connection."""
        self._cut = True
        held = self.client.sock if self.client is not None else None
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return _Secured(self, server.host, server.port, timeout=_TIMEOUT, context=self._context())
        return _Plain(self, server.host, server.port, timeout=_TIMEOUT)

    def _prove(self, client: smtplib.SMTP) -> None:
        if self._server.security == "starttls":
            client.starttls(context=self._context())
        if self._server.username is not None:
            client.login(self._server.username, self._server.password)

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.ca_file)


class _Plain(smtplib.SMTP):
    """Known to its session before it connects, so that it can be cut while the server greets."""

    def __init__(self, session: _Session, host: str, port: int, timeout: float) -> None:
        session.client = self
        super().__init__(host, port, timeout=timeout)


class _Secured(smtplib.SMTP_SSL):
    """The same, with TLS from the beginning."""

    def __init__(self, session: _Session, host: str, port: int, timeout: float, context: ssl.SSLContext) -> None:
        session.client = self
        super().__init__(host, port, timeout=timeout, context=context)


def _message(server: MailServer, letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = server.sender
    message["To"] = letter.address.email
    message["Subject"] = f"【{server.label}】{letter.title.zh} / {letter.title.en}"
    message["Date"] = format_datetime(datetime.fromtimestamp(letter.now, SHANGHAI))
    message["Message-ID"] = f"<notice-{letter.id}@{server.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    page = f"办理 / Open: {letter.page}\n\n" if letter.page else ""
    message.set_content(f"{letter.text.zh}\n\n{letter.text.en}\n\n{page}编号 / No. {letter.id}\n", cte="base64")
    return message
