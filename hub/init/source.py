"""One source while it is being asked for: whom to ask, where its answers stand, what will be written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub.init.asking import Asker
from hub.init.writing import Draft
from schema.catalogue import Catalogue, RecordRule


@dataclass(frozen=True, slots=True)
class Source:
    """`at` is the place of its answers, `source.1`."""

    asker: Asker
    at: str
    name: str
    kind: str
    draft: Draft
    catalogue: Catalogue

    def secret(self, key: str, question: str) -> tuple[str, str] | None:
        """Reference and text of a secret, which is kept beside the configuration where it was typed; null if none."""
        found = self.asker.secret(f"{self.at}.{key}", question)
        if found is None:
            return None
        reference, text = found
        return reference or self.draft.keep(f"{self.name}-{key.rpartition('.')[2].replace('_', '-')}", text), text


Placed = tuple[dict[str, Any], list[str]]
"""Where a record lies, as options, and the columns that were seen there; none where it could not be looked at."""
Placer = Callable[[str, RecordRule], Placed]
"""Asks where one record lies; its answers stand at the place given."""
