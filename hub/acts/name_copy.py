"""What the name index of a hub is filled with and from: its settings, its source of entities, its store."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from hub.callers.attendant import Attendant
from hub.fetch import Source
from hub.identity.filling import ENTITY, Filling, Step
from hub.identity.name_index import IndexMissing, open_index
from hub.settings_tables import NameIndexTable


def filling_of(table: NameIndexTable, sources: Mapping[str, Source], attendant: Attendant) -> Filling | None:
    """How the index is filled; None where no source owns entities."""
    source = next((one for one in sources.values() if ENTITY in one.adapter.abilities), None)
    if source is None:
        return None
    return Filling(
        act=attendant.database.acting,
        read=attendant.database.reading,
        sealer=attendant.vault,
        source=source.name,
        adapter=source.adapter,
        fields=table.fields,
        basis=table.basis,
        timeout=source.timeout,
    )


async def fill_unless_fresh(
    table: NameIndexTable, sources: Mapping[str, Source], attendant: Attendant, told: Callable[[Step], None]
) -> None:
    """Fill the index unless one answers that will for half of its days; nothing without a basis."""
    filling, now = filling_of(table, sources, attendant), attendant.clock.moment().second
    if filling is None or not table.basis:
        return

    def is_fresh(connection: Connection) -> bool:
        try:
            open_index(connection, attendant.vault, max(1, table.keep_days // 2), now)
        except IndexMissing:
            return False
        return True

    if not attendant.database.reading(is_fresh):
        await filling.fill(now, told)
