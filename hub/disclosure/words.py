"""Fields in words: their labels, under those of their records."""

from collections.abc import Iterable

from schema.catalogue import Catalogue

_MOST = 40
"""Fields that are named; the rest is counted."""


def fields_in_words(fields: Iterable[str], catalogue: Catalogue) -> tuple[str, str]:
    """Labels of fields, Chinese and English, by record; a field that there is no more stands by its coordinate."""
    known = sorted(fields)
    named: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for coordinate in known[:_MOST]:
        rule = catalogue.fields.get(coordinate)
        record = catalogue.records.get(coordinate.partition(".")[0])
        heading = (record.declared.zh, record.declared.en) if record is not None else ("其他", "Other")
        named.setdefault(heading, []).append((rule.zh, rule.en) if rule is not None else (coordinate, coordinate))
    zh = "；".join(f"{heading[0]}—{'、'.join(one for one, _ in found)}" for heading, found in named.items())
    en = "; ".join(f"{heading[1]} – {', '.join(one for _, one in found)}" for heading, found in named.items())
    more = len(known) - _MOST
    return (f"{zh}等 {len(known)} 项", f"{en} and {more} more") if more > 0 else (zh, en)
