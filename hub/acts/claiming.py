"""Claiming: whoever signed in with their real name says which entity they represent, and the register says yes or no.

The name is the one that the provider vouched for, sealed as the account's label; it is compared and not kept anew.
"""

from sqlalchemy import select

from auth.roles import Role
from hub.acts.doing import Doing, Facts, UnknownError
from hub.acts.mandating import shown
from hub.callers.mandates import Mandate as Held
from hub.callers.mandates import is_match
from hub.callers.people import Account
from hub.callers.register import representative_digest
from hub.errors import HubError
from hub.store.caller_tables import outside_identities
from schema.enums import MandateKind, MandateOrigin
from schema.mutation import ClaimOutcome


def claim(doing: Doing, facts: Facts, uscc: str) -> ClaimOutcome:
    """Let the caller represent an entity, if the register names them as its representative or owner."""
    me = doing.person()
    account, provider = _vouched_for(doing, me)
    what = f"claim {me}"
    doing.tries.check(what)
    if uscc not in facts.entities:
        raise UnknownError(entity=uscc)
    if not is_match(facts.entities[uscc], account.label):
        doing.miss(what)
        position = doing.record("ENTITY_CLAIMED", "NOT_MATCHED", doing.entity(uscc), {"provider": provider})
        return ClaimOutcome(matched=False, mandate=None, position=position)  # type: ignore[arg-type]
    digest = representative_digest(doing.vault, uscc, account.label)
    others = [one for one in doing.mandates.representing_now(uscc) if one.person != me]
    if any(one.representative == representative_digest(doing.vault, one.entity, account.label) for one in others):
        # Two people may bear one name: who of them it is, a counter sees on the card.
        position = doing.record("ENTITY_CLAIMED", "TAKEN", doing.entity(uscc), {"provider": provider})
        return ClaimOutcome(matched=True, mandate=None, position=position)  # type: ignore[arg-type]
    kind, origin = MandateKind.REPRESENTATIVE, MandateOrigin.REAL_NAME
    held = doing.mandates.represent(Held(me, uscc, kind, origin, provider, digest), "CLAIMED")
    told = {"provider": provider, "mandate": held.id}
    position = doing.record("ENTITY_CLAIMED", "MATCHED", doing.entity(uscc), told)
    return ClaimOutcome(matched=True, mandate=shown(held, account.username), position=position)  # type: ignore[arg-type]


def _vouched_for(doing: Doing, person: str) -> tuple[Account, str]:
    """The caller's account, and the provider that vouches for its name; HubError if none does."""
    account = doing.people.of_id(person)
    query = select(outside_identities.c.provider).where(outside_identities.c.person == person)
    providers = {row.provider for row in doing.connection.execute(query)} & doing.rules.real_name
    if account is None or account.role is not Role.MERCHANT or not providers:
        raise HubError("ACCOUNT_UNSUITABLE")
    return account, min(providers)
