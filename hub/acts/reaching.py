"""Who may act for more, or for less, because entities became others or did not after all: on record, and felt at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from auth.standing import Stopped
from hub.acts.doing import Doing
from hub.callers.stopping import stop
from hub.identity.following import FIELD
from hub.identity.successions import Became

Acting = Mapping[str, frozenset[str]]
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """Who could act for what before a succession took effect or was undone."""

    doing: Doing
    became: Became
    before: Acting

    def told(self) -> dict[str, str]:
        """Whose authority grew (`wider`) or shrank (`narrower`) since then; their tokens end, so that nothing goes by the old one."""
        doing, after = self.doing, acting_now(self.doing, self.became)
        persons = sorted({*self.before, *after})
        was, now = self.before, after
        changes = {
            "wider": [one for one in persons if now.get(one, _NONE) - was.get(one, _NONE)],
            "narrower": [one for one in persons if was.get(one, _NONE) - now.get(one, _NONE)],
        }
        for person in sorted({one for changed in changes.values() for one in changed}):
            stop(doing.connection, Stopped.PERSON, person, doing.occasion.now, "SUCCESSION")
        return {
            name: " ".join(doing.vault.short("person", one) for one in changed)
            for name, changed in changes.items()
            if changed
        }


def reach_of(doing: Doing, became: Became) -> Reach:
    """Who may act for what, before anything is done about a succession."""
    return Reach(doing, became, acting_now(doing, became))


def acting_now(doing: Doing, became: Became) -> Acting:
    """Everybody who may act for entities that a succession has to do with, and for which."""
    codes = [one.value for one in (*became.before, *became.after) if one.field == FIELD]
    return doing.mandates.acting_for(*codes)
