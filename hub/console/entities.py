"""Entities as they are typed in forms: codes, old registration numbers and ids, of which a form need not say which it is."""

_CODE, _OLD_NUMBER = 18, 15


def typed_entity(text: str) -> dict[str, str]:
    """The `EntityInput` of what was typed: 18 characters are a code, 15 digits an old number, all else an id of the hub."""
    name = "".join(text.split())
    if len(name) == _CODE:
        return {"uscc": name}
    return {"regNo15": name} if len(name) == _OLD_NUMBER and name.isdecimal() else {"id": name}


def typed_entities(text: str) -> list[dict[str, str]]:
    """Those of several lines; empty ones are passed over."""
    return [typed_entity(line) for line in text.splitlines() if line.strip()]
