"""The channels of a configuration."""

from hub.events import Channel
from hub.notices.call_list import CallList
from hub.notices.carriers import Carrier, Carriers
from hub.notices.folder import Folder
from hub.notices.letters import Letters
from hub.notices.posting import Poster
from hub.notices.sms import Gateway, Sms
from hub.notices.webhook import Webhook
from hub.settings import Settings
from hub.settings_notices import SmsTable, SmtpTable


def open_carriers(settings: Settings) -> Carriers:
    """Every way out of the hub that is configured; nothing is connected to yet."""
    channels, folder, label = settings.channels, settings.folder, settings.hub.label
    found: dict[Channel, Carrier] = {Channel.FOLDER: Folder(folder / settings.notices.folder)}
    if channels.smtp is not None:
        found[Channel.SMTP] = _mail(channels.smtp, label)
    if channels.webhook is not None:
        secrets = {code: secret.get_secret_value() for code, secret in channels.webhook.secrets.items()}
        found[Channel.WEBHOOK] = Webhook(secrets, Poster(channels.webhook.ca_file))
    if channels.sms is not None:
        found[Channel.SMS] = Sms(_gateway(channels.sms), Poster(channels.sms.ca_file))
    if channels.letter is not None:
        found[Channel.LETTER] = Letters(folder / channels.letter.folder, channels.letter.sender or label)
    if channels.call_list is not None:
        found[Channel.CALL_LIST] = CallList(folder / channels.call_list.folder)
    return found


def _mail(table: SmtpTable, label: str) -> Carrier:
    from hub.notices.smtp import Mail, MailServer  # noqa: PLC0415 - the library of mail, for whoever sends some

    server = MailServer(
        host=table.host,
        port=table.port,
        security=table.security,
        sender=table.sender,
        label=label,
        username=table.username,
        password=table.password.get_secret_value() if table.password is not None else "",
        ca_file=table.ca_file,
    )
    return Mail(server)


def _gateway(table: SmsTable) -> Gateway:
    secret = table.secret.get_secret_value() if table.secret is not None else ""
    return Gateway(table.url, table.form, table.body, table.headers, table.accepted, secret)
