"""What authority over an entity reaches now that entities became others: worked out at reading, so that undoing restores it.

Mandates stay on the code they were given for. An entity under a new code is still itself; one that was merged into another
passes its own side on to that one, and gains nothing of it. Where somebody else represents a side, it stays theirs.
"""

from collections.abc import Callable, Iterable

from hub.identity.anchors import Anchor
from hub.identity.redirects import StoredRedirects
from schema.identity_enums import SuccessionKind

FIELD = "uscc"
"""The field of the register by which mandates name entities."""
Representatives = Callable[[str], frozenset[str]]


class Following:
    """Codes that one may act for by acting for another; `representatives`: who represents a code by a mandate on itself."""

    def __init__(self, redirects: StoredRedirects, representatives: Representatives) -> None:
        self._redirects = redirects
        self._representatives = representatives
        self._are_any = bool(redirects)

    def __bool__(self) -> bool:
        return self._are_any

    def current(self, code: str) -> str:
        """The code under which an entity goes on, whoever may act for it; itself where that has none."""
        found = self._redirects.current(Anchor(FIELD, code))
        return found.value if found.field == FIELD else code

    def reach(self, code: str) -> tuple[str, ...]:
        """This code, the one under which the same entity goes on, and what became either, as far as it is nobody else's."""
        if not self._are_any:
            return (code,)
        ahead = self._ahead(code)
        found = dict.fromkeys(reversed(ahead))
        todo = list(found)
        mine = self._representatives(code)
        while todo:
            for before, _ in self._before(todo.pop()):
                if before not in found and self._is_nobody_elses(before, mine):
                    found[before] = None
                    todo.append(before)
        return tuple(found)

    def itself(self, code: str) -> tuple[str, ...]:
        """Of what this code reaches, the codes of the same entity: nothing that was merged into it."""
        if not self._are_any:
            return (code,)
        line = self._line(self.heir(code))
        return tuple(one for one in self.reach(code) if one in line)

    def heir(self, code: str) -> str:
        """The code under which the register is asked for whom a mandate on this one is."""
        return self._ahead(code)[-1] if self._are_any else code

    def family(self, codes: Iterable[str]) -> frozenset[str]:
        """These codes, what they became, and everything that became that."""
        todo = [self.current(code) for code in codes]
        found = set(todo)
        while todo:
            more = {before for before, _ in self._before(todo.pop())} - found
            found |= more
            todo += more
        return frozenset(found)

    def _ahead(self, code: str) -> list[str]:
        """The code and those under which the same entity goes on, as long as nobody else represents what goes on there."""
        mine, found = self._representatives(code), [code]
        while True:
            step = self._redirects.step_of(Anchor(FIELD, found[-1]))
            if step is None or step[0].field != FIELD or step[1] is SuccessionKind.MERGED:
                return found
            after = step[0].value
            if not self._is_nobody_elses(after, mine):
                return found
            found.append(after)

    def _is_nobody_elses(self, code: str, mine: frozenset[str]) -> bool:
        """True unless somebody else represents this code, or one under which the same entity went before."""
        return all(self._representatives(one) <= mine for one in self._line(code))

    def _line(self, code: str) -> list[str]:
        """A code and those under which the same entity went before."""
        found = [code]
        for one in found:
            found += [old for old, kind in self._before(one) if kind is not SuccessionKind.MERGED and old not in found]
        return found

    def _before(self, code: str) -> list[tuple[str, SuccessionKind]]:
        steps = self._redirects.before(Anchor(FIELD, code))
        return [(anchor.value, kind) for anchor, kind in steps if anchor.field == FIELD]
