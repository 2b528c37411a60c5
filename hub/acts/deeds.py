"""The `Deeds` of the schema over one transaction of the store."""

from hub.acts import claiming, mandating, recovering, stops
from hub.acts.doing import Doing, Facts, bad_input
from schema.enums import StopKind
from schema.mutation import (
    ClaimOutcome,
    DelegateOutcome,
    EndOutcome,
    RecoveryOutcome,
    StopOutcome,
    VouchOutcome,
)


class StoreDeeds:
    """What one caller does in one transaction; `secrets` are what the answer shows once and never again, `done` says
    how many acts there were.
    """

    MOST = 10
    """Acts of one mutation: each may ask the register or make a password."""

    def __init__(self, doing: Doing, facts: Facts) -> None:
        self._doing = doing
        self._facts = facts
        self.done = 0
        self._counter = mandating.Counter(doing, facts)

    @property
    def secrets(self) -> list[str]:
        """Secrets in what was done."""
        return self._counter.secrets

    def freeze(self, kind: StopKind, name: str, reason: str) -> StopOutcome:
        """Honour nothing of this until it is thawed."""
        self._count()
        return stops.freeze(self._doing, kind, name, reason)

    def thaw(self, kind: StopKind, name: str, reason: str) -> StopOutcome:
        """Lift a freeze."""
        self._count()
        return stops.thaw(self._doing, kind, name, reason)

    def vouch(self, uscc: str, username: str, representative: str) -> VouchOutcome:
        """Vouch at a counter for a representative."""
        self._count()
        return self._counter.vouch(str(uscc), username, representative)

    def delegate(self, uscc: str, username: str, until: str) -> DelegateOutcome:
        """Let another account act for one's own entity."""
        self._count()
        return mandating.delegate(self._doing, str(uscc), username, until)

    def end_mandate(self, mandate: str) -> EndOutcome:
        """End a mandate."""
        self._count()
        return mandating.end_mandate(self._doing, mandate)

    def claim(self, uscc: str) -> ClaimOutcome:
        """Claim the entity whose representative one is."""
        self._count()
        return claiming.claim(self._doing, self._facts, str(uscc))

    def recover(self, username: str, reason: str) -> RecoveryOutcome:
        """Recover somebody's lost authenticator."""
        self._count()
        return recovering.recover(self._doing, username, reason)

    def _count(self) -> None:
        """Refuse a mutation that holds too many acts."""
        self.done += 1
        if self.done > self.MOST:
            raise bad_input(f"一次至多办理 {self.MOST} 项", f"a mutation holds {self.MOST} acts at most")
