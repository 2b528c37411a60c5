"""The `Deeds` of the schema over one transaction of the store."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.acts import claiming, mandating, recovering, stops
from hub.acts.asking import Asking
from hub.acts.auditing import Auditing
from hub.acts.correcting import Correcting
from hub.acts.credentials import Credentials
from hub.acts.disclosing import Disclosing
from hub.acts.doing import Doing, Facts, bad_input
from hub.acts.granting import Granting
from hub.acts.identifying import Identifying
from hub.acts.inbox import read_inbox
from hub.acts.mapping import Mapping
from hub.acts.officers import Staff, StandingIn
from hub.acts.quality_works import QualityWorking
from hub.acts.record_works import RecordWorking
from hub.acts.reporting import Reporting
from hub.acts.seeing import Seeing
from hub.acts.tasking import TaskWork
from schema.enums import StopKind
from schema.inbox import ReadOutcome
from schema.mutation import (
    ClaimOutcome,
    DelegateOutcome,
    EndOutcome,
    RecoveryOutcome,
    StopOutcome,
    VouchOutcome,
)

if TYPE_CHECKING:
    from hub.acts.coding import Coding
    from hub.acts.replaying import Replaying


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
        self._staff = Staff(doing, facts)
        self._credentials = Credentials(doing)
        self._seeing = Seeing(doing, facts)

    @property
    def secrets(self) -> list[str]:
        """Secrets in what was done."""
        return self._counter.secrets + self._staff.secrets + self._credentials.secrets + self._seeing.secrets

    @property
    def staff(self) -> Staff:
        """People, clients, departments."""
        self._count()
        return self._staff

    @property
    def standing_in(self) -> StandingIn:
        """Deputies and emergencies."""
        self._count()
        return StandingIn(self._doing)

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

    @property
    def tasks(self) -> TaskWork:
        """Tasks of the caller's department."""
        return TaskWork(self._doing, self._count)

    def read_notices(self, ids: Sequence[str]) -> ReadOutcome:
        """Mark notices to the caller as read."""
        self._count()
        return read_inbox(self._doing, ids)

    @property
    def disclosing(self) -> Disclosing:
        """Objections to look-ups, and recalls."""
        return Disclosing(self._doing, self._count)

    @property
    def auditing(self) -> Auditing:
        """Holds of the record, and findings in it."""
        return Auditing(self._doing, self._count)

    @property
    def quality_works(self) -> QualityWorking:
        """Runs over sources in the background."""
        return QualityWorking(self._doing, self._count)

    @property
    def works(self) -> RecordWorking:
        """Works on the record."""
        return RecordWorking(self._doing, self._count)

    @property
    def asking(self) -> Asking:
        """Requests for access: one act."""
        self._count()
        return Asking(self._doing)

    @property
    def granting(self) -> Granting:
        """Grants: what is an act of these counts itself, for a preview is none."""
        return Granting(self._doing, self._count)

    @property
    def identities(self) -> Identifying:
        """Who is who: one act."""
        self._count()
        return Identifying(self._doing, self._facts)

    @property
    def correcting(self) -> Correcting:
        """Corrections: one act."""
        self._count()
        return Correcting(self._doing)

    @property
    def reports(self) -> Reporting:
        """Reports of codes."""
        return Reporting(self._doing, self._count)

    @property
    def credentials(self) -> Credentials:
        """Secrets, keys and sign-ins: one act."""
        self._count()
        return self._credentials

    @property
    def seeing(self) -> Seeing:
        """Seeing as somebody else: one act."""
        self._count()
        return self._seeing

    @property
    def replaying(self) -> "Replaying":
        """Replays that are kept: one act."""
        from hub.acts.replaying import Replaying  # noqa: PLC0415 - for the few who ask it

        self._count()
        return Replaying(self._doing)

    @property
    def codes(self) -> "Coding":
        """Codes of shops."""
        from hub.acts.coding import Coding  # noqa: PLC0415 - for whoever acts on one

        return Coding(self._doing, self._facts, self._count)

    @property
    def mapping(self) -> Mapping:
        """Mappings: a trial changes nothing, so that it is no act, and its rows are not kept to be told again."""
        return Mapping(self._doing, self._facts)

    def _count(self) -> None:
        """Refuse a mutation that holds too many acts."""
        self.done += 1
        if self.done > self.MOST:
            raise bad_input(f"一次至多办理 {self.MOST} 项", f"a mutation holds {self.MOST} acts at most")
