"""What people are called on a page, for whoever may see accounts; everybody else sees their ids."""

from collections.abc import Mapping

from hub.console.frame import Desk

_ASKED = "query Named { people { id username label department } }"


async def names_of(desk: Desk) -> Mapping[str, str]:
    """Name and department of everybody with an account, by id; nothing for a visitor who may not see people.

    The name is the one the gateway gives this visitor: of the person for the system administrator, else of the account.
    """
    if not desk.asker.may("people"):
        return {}
    people = (await desk.asker.ask(_ASKED))["people"]
    return {
        one["id"]: f"{one['label'] or one['username'] or one['id']} · {desk.frame.department(one['department'])}"
        for one in people
    }
