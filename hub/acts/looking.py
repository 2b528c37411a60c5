"""The `StoreDesk` of the schema over one transaction that reads: what the hub's store says to one caller."""

from collections.abc import Sequence

from sqlalchemy import select

from hub.acts.asking import AskingShown
from hub.acts.auditing import AuditingLook, Read
from hub.acts.correcting import CorrectionLook
from hub.acts.credentials import CredentialLook
from hub.acts.disclosing import DisclosingLook
from hub.acts.doing import Doing
from hub.acts.granting_look import GrantsOf, grants_seen
from hub.acts.identities_shown import IdentityLook
from hub.acts.imports_shown import ImportLook
from hub.acts.inbox import list_inbox
from hub.acts.mandating import shown
from hub.acts.mapping import MappingLook
from hub.acts.officers import StaffLook, StandingInLook
from hub.acts.quality_shown import QualityLook
from hub.acts.quality_works import QualityWorkLook
from hub.acts.receipts import ReceiptShelf
from hub.acts.record_works import RecordWorkLook
from hub.acts.reporting import ReportLook
from hub.acts.tasking import TaskLook
from hub.store.caller_tables import people
from schema.coding import CodeDesk
from schema.inbox import Notice
from schema.mandate import Mandate
from schema.matching import MatchDesk
from schema.replaying import ReplayingDesk
from schema.simulating import SimulatingDesk


class StoreLook:
    """What one caller is told; `read` is what they read that is to be recorded before they are told."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing
        self.disclosed: list[str] = []
        self._matching: MatchDesk | None = None
        self.read: list[Read] = []

    @property
    def staff(self) -> StaffLook:
        """People, clients, departments."""
        return StaffLook(self._doing)

    @property
    def credentials(self) -> CredentialLook:
        """Secrets, keys and sign-ins."""
        return CredentialLook(self._doing)

    @property
    def standing_in(self) -> StandingInLook:
        """Deputies and emergencies."""
        return StandingInLook(self._doing)

    @property
    def tasks(self) -> TaskLook:
        """What there is of tasks, cases and quotas."""
        return TaskLook(self._doing)

    def notices(self, unread: bool, first: int) -> Sequence[Notice]:
        """Notices to the caller, the newest first."""
        return list_inbox(self._doing, first, unread=unread)

    def mandates(self, uscc: str | None) -> Sequence[Mandate]:
        """Mandates that the caller holds or gave, of one entity or of all."""
        doing, person = self._doing, self._doing.access.caller.person
        if person is None:
            return []
        codes = None if uscc is None else {uscc, *doing.mandates.following.family([uscc])}
        found = [one for one in doing.mandates.shown_to(person) if codes is None or one.entity in codes]
        held = select(people.c.id, people.c.username).where(people.c.id.in_({one.person for one in found}))
        names = {row.id: row.username for row in doing.connection.execute(held)}
        return [shown(one, names.get(one.person)) for one in found]

    @property
    def simulating(self) -> SimulatingDesk:
        """What the simulator says."""
        from hub.acts.simulating import Simulating  # noqa: PLC0415 - for the few who ask it

        return Simulating(self._doing)

    @property
    def replaying(self) -> ReplayingDesk:
        """Replays that are kept."""
        from hub.acts.replaying import Replaying  # noqa: PLC0415 - for the few who ask it

        return Replaying(self._doing)

    @property
    def matching(self) -> MatchDesk:
        """Which entity is meant."""
        from hub.acts.matching import Matching  # noqa: PLC0415 - matching and its tables, for whoever asks

        # One for all roots of a question: they share what it may cost.
        if self._matching is None:
            self._matching = Matching(self._doing, self.disclosed)
        return self._matching

    @property
    def codes(self) -> CodeDesk:
        """Codes of shops."""
        from hub.acts.code_look import CodeLook  # noqa: PLC0415 - for whoever asks of one

        return CodeLook(self._doing, self.read)

    @property
    def disclosing(self) -> DisclosingLook:
        """Who looked at whom, objections, recalls."""
        return DisclosingLook(self._doing)

    @property
    def auditing(self) -> AuditingLook:
        """The record."""
        return AuditingLook(self._doing, self.read)

    @property
    def quality_works(self) -> QualityWorkLook:
        """Runs over sources in the background."""
        return QualityWorkLook(self._doing)

    @property
    def works(self) -> RecordWorkLook:
        """Works on the record."""
        return RecordWorkLook(self._doing, self.read)

    @property
    def asking(self) -> AskingShown:
        """Requests for access."""
        return AskingShown(self._doing)

    @property
    def receipts(self) -> ReceiptShelf:
        """Receipts."""
        return ReceiptShelf(self._doing, self.read)

    @property
    def granting(self) -> GrantsOf:
        """Grants."""
        return grants_seen(self._doing)

    @property
    def identities(self) -> IdentityLook:
        """Who is who."""
        return IdentityLook(self._doing)

    @property
    def correcting(self) -> CorrectionLook:
        """Corrections."""
        return CorrectionLook(self._doing)

    @property
    def quality(self) -> QualityLook:
        """The quality board."""
        return QualityLook(self._doing)

    @property
    def imports(self) -> ImportLook:
        """Files that sources took."""
        return ImportLook(self._doing, self.read)

    @property
    def mapping(self) -> MappingLook:
        """Mappings that run."""
        return MappingLook(self._doing)

    @property
    def reports(self) -> ReportLook:
        """Reports of codes."""
        return ReportLook(self._doing)
