"""What the settings say of codes, for whoever acts on them."""

from dataclasses import dataclass

from hub.code.address import CodeAddress, Scanned
from hub.code.parsers import CodeParser, Foreign, build_parsers, read_foreign
from hub.settings import Settings
from hub.settings_code import CodeTable


@dataclass(frozen=True, slots=True)
class CodeRules:
    """Who issues codes, under which address, which of others are taken; how the department that issues them is called."""

    table: CodeTable
    address: CodeAddress
    parsers: tuple[CodeParser, ...]
    office_zh: str
    office_en: str

    def read(self, text: str) -> Scanned | Foreign | None:
        """What somebody scanned or typed: a code of this hub, one of another issuer that is taken here, or neither.

        512 characters at most; asks nobody. What stands behind it, `find_code` says.
        """
        return self.address.read(text) or read_foreign(self.parsers, text)


def code_rules(settings: Settings) -> CodeRules | None:
    """The rules of the settings, None where this hub keeps no codes."""
    table = settings.code
    if table is None:
        return None
    office = settings.departments[table.department]
    address = CodeAddress(table.origin(settings.hub.base_url))
    return CodeRules(table, address, build_parsers(table.parser), office.label, office.label_en or office.code)
