"""`[[notice]]` and `[channels.*]` of `hub.toml`: what of the declared events is told otherwise, and which channels there are.

What leaves somebody untold is a mistake: an event that names nobody, or a recipient to whom no channel leads.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from adapters.options import LocalPath, Secret
from hub.addresses import address_fault, is_email, is_here
from hub.events import DECLARED, Channel, Event, Who, reaches

Fault: TypeAlias = tuple[str, str]
"""The event at which a mistake is told, and one sentence."""
MAX_MINUTES = 7 * 24 * 60
PLACES = frozenset({"phone", "text", "title", "id", "page", "secret"})
"""What a text for an SMS gateway may hold in braces."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoticeTable(_Table):
    """`[[notice]]`: who is told of one event, by which channels in which order, and how soon; or that nobody is."""

    event: Event
    to: tuple[Who, ...] | None = None
    channels: tuple[Channel, ...] | None = None
    within_minutes: int | None = Field(default=None, ge=0, le=MAX_MINUTES)
    active: bool = True

    @field_validator("to", "channels", mode="after")
    @classmethod
    def _each_once(cls, named: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if named is not None and len(set(named)) < len(named):
            raise ValueError("names something twice")
        return named


class SmtpTable(_Table):
    """`[channels.smtp]`: the mail server through which notices leave."""

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    username: str | None = None
    password: Secret | None = None
    ca_file: LocalPath | None = None

    @field_validator("sender", mode="after")
    @classmethod
    def _is_an_address(cls, sender: str) -> str:
        if not is_email(sender):
            raise ValueError("is not a mail address")
        return sender

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.security == "none" and not is_here(self.host):
            raise ValueError('security = "none" is for a server on this machine only')
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password come together")
        return self


class WebhookTable(_Table):
    """`[channels.webhook]`: the secrets with which requests to departments' webhooks are signed."""

    secrets: dict[str, Secret]
    ca_file: LocalPath | None = None


class SmsTable(_Table):
    """`[channels.sms]`: the gateway that takes short messages, and what is posted to it."""

    url: str
    form: Literal["json", "form"] = "json"
    body: dict[str, str] = Field(min_length=1)
    headers: dict[str, str] = Field(default_factory=dict)
    accepted: dict[str, str] = Field(default_factory=dict)
    secret: Secret | None = None
    ca_file: LocalPath | None = None

    @field_validator("url", mode="after")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        fault = address_fault(url)
        if fault is not None:
            raise ValueError(fault)
        return url

    @field_validator("body", "headers", mode="after")
    @classmethod
    def _can_be_filled_in(cls, texts: dict[str, str]) -> dict[str, str]:
        for name, text in texts.items():
            try:
                places = {place for _, place, _, _ in Formatter().parse(text) if place is not None}
            except ValueError:
                raise ValueError(f"{name}: a brace is written twice: {{{{") from None
            if not places <= PLACES:
                raise ValueError(f"{name}: in braces stands one of {', '.join(sorted(PLACES))}")
        return texts


class LetterTable(_Table):
    """`[channels.letter]`: a folder for pages to be printed and posted."""

    folder: str = "letters"
    sender: str = ""


class CallListTable(_Table):
    """`[channels.call_list]`: a folder for a table a day of whom to call."""

    folder: str = "calls"


class ChannelsTable(_Table):
    """`[channels]`: the ways to people that this hub has, beside the inbox and the folder of `[notices]`."""

    smtp: SmtpTable | None = None
    webhook: WebhookTable | None = None
    sms: SmsTable | None = None
    letter: LetterTable | None = None
    call_list: CallListTable | None = None

    def there(self) -> frozenset[Channel]:
        """Every channel that can be used."""
        named = {Channel(name) for name in type(self).model_fields if getattr(self, name) is not None}
        return frozenset({Channel.IN_APP, Channel.FOLDER, *named})


@dataclass(frozen=True, slots=True)
class Rule:
    """How one event is told here; `channels` are those that there are, in their order."""

    to: tuple[Who, ...]
    channels: tuple[Channel, ...]
    within_minutes: int
    active: bool = True


def fold_rules(tables: Sequence[NoticeTable], there: frozenset[Channel]) -> Mapping[Event, Rule]:
    """Every event as it is declared, changed by what the configuration says of it."""
    said = {table.event: table for table in tables}
    return {event: _rule(event, said.get(event), there) for event in Event}


def notice_faults(tables: Sequence[NoticeTable], there: frozenset[Channel]) -> Iterator[Fault]:
    """What is wrong with the events of a configuration."""
    for event, rule in fold_rules(tables, there).items():
        if rule.active:
            yield from ((event.value, f"{event}: {sentence}") for sentence in _faults(event, rule))


def _rule(event: Event, said: NoticeTable | None, there: frozenset[Channel]) -> Rule:
    declared = DECLARED[event]
    table = said or NoticeTable(event=event)
    channels = declared.channels if table.channels is None else table.channels
    return Rule(
        to=declared.to if table.to is None else table.to,
        channels=tuple(channel for channel in channels if channel in there),
        within_minutes=declared.within_minutes if table.within_minutes is None else table.within_minutes,
        active=table.active,
    )


def _faults(event: Event, rule: Rule) -> Iterator[str]:
    if not rule.to:
        yield "names no recipient: name one in `to`, or say active = false"
    if not rule.channels:
        yield "has no channel that is there: configure one under [channels], or say active = false"
        return
    for who in rule.to:
        if who not in DECLARED[event].may_tell:
            yield f"knows of no {who}: `to` takes {', '.join(sorted(DECLARED[event].may_tell))}"
        elif not any(reaches(channel, who) for channel in rule.channels):
            yield f"no channel of it leads to {who}"
