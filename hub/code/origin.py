"""The address in print: frozen when the first code is printed, for what hangs on doors cannot be called back."""

from sqlalchemy import Connection, insert, select

from hub.settings import Settings
from hub.settings_mistakes import BadSettings, Mistake
from hub.store.code_tables import code_origin
from hub.store.database import Database


class OriginChanged(Exception):
    """Codes are in print under another address: it is the text."""


def frozen_origin(connection: Connection) -> str | None:
    """The address under which codes are in print, None if none is."""
    found: str | None = connection.execute(select(code_origin.c.origin)).scalar()
    return found


def freeze_origin(connection: Connection, origin: str, day: str) -> bool:
    """True if this is the first print; OriginChanged if codes are in print under another address."""
    found = frozen_origin(connection)
    if found is None:
        connection.execute(insert(code_origin).values(id=1, origin=origin, frozen_on=day))
        return True
    check_origin(found, origin)
    return False


def check_origin(frozen: str | None, origin: str) -> None:
    """OriginChanged unless the configured address is the one in print. Case of letters makes none in a symbol."""
    if frozen is not None and frozen.casefold() != origin.casefold():
        raise OriginChanged(frozen)


def check_print(settings: Settings, database: Database) -> None:
    """BadSettings if codes are in print under another address than the settings say."""
    # The demo may be started at another port.
    if settings.code is None or settings.hub.deterministic:
        return
    try:
        check_origin(database.reading(frozen_origin), settings.code.origin(settings.hub.base_url))
    except OriginChanged as changed:
        place = ("code", "base_url") if settings.code.base_url else ("hub", "base_url")
        sentence = (
            f"codes hang on doors under {changed}, which can't be called back: keep that address reachable, and write"
            f' base_url = "{changed}" into [code]; [hub] base_url may be another one'
        )
        raise BadSettings([Mistake(settings.lines.of(place), ".".join(place), sentence)]) from None
