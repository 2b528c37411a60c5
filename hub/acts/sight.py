"""How the gateway would deal with a question, up to the plan: its own admission and planner, and nothing that is asked."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from auth.access import Access
from auth.admission import Admission
from auth.caller import Caller
from hub.acts.seeing import access_of
from hub.clock import Clock
from hub.errors import HubError
from hub.plan.bind import Question
from hub.plan.cursor import CursorSeal
from hub.plan.explain import explain_fields
from hub.plan.planner import Planner


@dataclass(frozen=True, slots=True)
class PlannedSight:
    """The `Sight` of acts."""

    admission: Admission
    planner: Planner
    seal: CursorSeal
    clock: Clock

    def policy_of(self, caller: Caller, purpose: str) -> Access:
        """What somebody may see today."""
        policy = self.admission.policy(caller, purpose, self.clock.today())
        return access_of(caller, purpose, policy, self.admission.epoch)

    def digest(self, text: str) -> str:
        """A name of the question, from which it cannot be read."""
        return sha256(text.encode()).hexdigest()[:32]

    def asks_records(self, text: str) -> bool:
        """True if a question leads to records; HubError where it is none."""
        return self.planner.asks_records(self.planner.read(text, None))

    def explain(self, text: str, access: Access) -> list[dict[str, Any]]:
        """How each field would stand; HubError where the question is refused."""
        operation = self.planner.read(text, None)
        if operation.definition.operation.value != "query":
            raise HubError("MUTATION_OVER_GET")
        prepared = self.planner.prepare(operation, access, {})
        bound = prepared.binder.bind(Question(prepared.variables, access, self.clock.today(), self.seal))
        return explain_fields(bound)
