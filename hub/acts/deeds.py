"""The `Deeds` of the schema over one transaction of the store."""

from hub.acts import claiming, mandating, recovering, stops
from hub.acts.doing import Doing, Facts
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
    """What one caller does in one transaction; `secrets` are what the answer shows once and never again."""

    def __init__(self, doing: Doing, facts: Facts) -> None:
        self._doing = doing
        self._facts = facts
        self._counter = mandating.Counter(doing, facts)

    @property
    def secrets(self) -> list[str]:
        """Secrets in what was done."""
        return self._counter.secrets

    def freeze(self, kind: StopKind, name: str, reason: str) -> StopOutcome:
        """Honour nothing of this until it is thawed."""
        return stops.freeze(self._doing, kind, name, reason)

    def thaw(self, kind: StopKind, name: str, reason: str) -> StopOutcome:
        """Lift a freeze."""
        return stops.thaw(self._doing, kind, name, reason)

    def vouch(self, uscc: str, username: str, representative: str) -> VouchOutcome:
        """Vouch at a counter for a representative."""
        return self._counter.vouch(str(uscc), username, representative)

    def delegate(self, uscc: str, username: str, until: str) -> DelegateOutcome:
        """Let another account act for one's own entity."""
        return mandating.delegate(self._doing, str(uscc), username, until)

    def end_mandate(self, mandate: str) -> EndOutcome:
        """End a mandate."""
        return mandating.end_mandate(self._doing, mandate)

    def claim(self, uscc: str) -> ClaimOutcome:
        """Claim the entity whose representative one is."""
        return claiming.claim(self._doing, self._facts, str(uscc))

    def recover(self, username: str, reason: str) -> RecoveryOutcome:
        """Recover somebody's lost authenticator."""
        return recovering.recover(self._doing, username, reason)
