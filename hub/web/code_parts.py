"""What the page of a code is put together from: sentences, sections, items with their state in words, and sources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hub.web import words_code as words
from hub.web.words_code import Words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tag:
    """A state in words; `state` only colours it: good, time, or nothing."""

    text: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One licence, penalty, honour or commitment: what it is, its state, facts under it."""

    title: str
    tag: Tag | None = None
    facts: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: what stands in it, else what an empty one says; and what is to be known of it."""

    anchor: str
    title: Words
    items: tuple[Item, ...] = ()
    empty: str = ""
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One plain sentence, and where each word of it comes from."""

    text: str
    en: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """The whole page of a code that holds."""

    name: str
    sentences: tuple[Sentence, ...]
    sections: tuple[Section, ...]
    places: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    uscc: str
    shown: str = ""
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """The answer of the gateway to the page's question, read by section. `now` is an instant of Shanghai."""

    entity: Row
    states: Sequence[Row]
    health: Sequence[Row]
    now: datetime

    @property
    def today(self) -> date:
        """The business day."""
        return self.now.date()

    def rows(self, *path: str) -> list[Row]:
        """Rows of a list; none where it is missing for whatever reason."""
        found: Any = self.entity
        for part in path:
            found = (found or {}).get(part)
        return list(found or ())

    def of(self, state: str, *path: str) -> list[Row]:
        """Notes of a state on a section, what it hangs on, or what lies below it."""
        place = ".".join(("entity", *path))
        found = [one for one in self.states if one["state"] == state]
        return [one for one in found if _is_on(one["path"], place) or one["path"].startswith(f"{place}.")]

    def absent(self, *path: str) -> list[Row]:
        """Notes that a section as a whole, or what it hangs on, is not collected; single facts of it may always be."""
        place = ".".join(("entity", *path))
        return [one for one in self.states if one["state"] == "NOT_COLLECTED" and _is_on(one["path"], place)]

    def is_missing(self, *path: str) -> bool:
        """True if nothing can be said of a section: its source is silent or not connected, or it is not public."""
        return not self.rows(*path) and (
            path[0] not in self.entity
            or bool(self.absent(*path))
            or any(self.of(state, *path) for state in ("SOURCE_DOWN", "DENIED", "WITHHELD"))
        )

    def since(self, source: str) -> str:
        """Since when a source has been silent, in words; empty where that isn't known."""
        found = next((one for one in self.health if one["label"] == source), None)
        told = (found or {}).get("since") or (found or {}).get("lastAnsweredAt")
        return words.DOWN_SINCE.format(moment=moment_of(told)) if told else ""

    def told(self, name: str, value: str | None) -> str | None:
        """A fact of the entity; where there is none for its source is silent, that it can't be shown now."""
        lost = value is None and any(one["path"] == f"entity.{name}" for one in self.of("SOURCE_DOWN", name))
        return words.NOT_NOW if lost else value

    def kept_since(self, *path: str) -> datetime | None:
        """When the oldest of a section's last known rows was fetched; None where none stand in for a silent source."""
        kept = _sources(one for one in self.of("STALE", *path) if one.get("code") == "SOURCE_DOWN")
        told = [one.get("provenance") or {} for one in self.rows(*path)]
        fetched = [one["fetchedAt"] for one in told if one.get("source") in kept and one.get("fetchedAt")]
        return datetime.fromisoformat(min(fetched)) if fetched else None

    def notes(self, *path: str, kept: str = words.KEPT) -> tuple[str, ...]:
        """What is to be known of a section: silent, not connected, old (`kept`: in which words), in conflict, cut."""
        silent, rows = self.of("SOURCE_DOWN", *path), self.rows(*path)
        place = ".".join(("entity", *path))
        whole = _sources(one for one in silent if not rows or _is_on(one["path"], place))
        down = [words.DOWN.format(source=one, since=self.since(one)) for one in whole]
        down += [words.PARTLY_DOWN.format(source=one) for one in _sources(silent) if one not in whole]
        owners = sorted({one.get("owner", "") for one in self.absent(*path)})
        told = [*down, *(words.NOT_COLLECTED.format(owner=owner) for owner in owners)]
        told += self.aged(self.of("STALE", *path), rows, kept)
        if self.of("CONFLICT", *path):
            told.append(words.CONFLICT)
        if self.of("TRUNCATED", *path):
            told.append(words.TRUNCATED)
        if path[0] not in self.entity or self.of("DENIED", *path):
            told.append(words.NOT_PUBLIC)
        return tuple(told)

    def aged(self, notes: Iterable[Row], rows: Iterable[Row], said: str = words.KEPT) -> list[str]:
        """What is to be known of old rows: their source is silent and they are its last known ones (`said`), or just old."""
        notes, found = list(notes), [row.get("provenance") or {} for row in rows]
        kept = _sources(one for one in notes if one.get("code") == "SOURCE_DOWN")
        told = []
        for source in kept:
            fetched = [one["fetchedAt"] for one in found if one.get("source") == source and one.get("fetchedAt")]
            oldest = min(fetched, default="")
            moment = moment_of(oldest) if oldest else words.EARLIER
            age = words.spoken_age(self.now - datetime.fromisoformat(oldest)) if oldest else words.SOME_TIME
            told.append(said.format(source=source, moment=moment, age=age))
        return told + [words.STALE.format(source=one) for one in _sources(notes) if one not in kept]


def source_lines(rows: Iterable[Row | None]) -> tuple[str, ...]:
    """Where rows come from, each department once, with the time of its newest data."""
    newest: dict[str, str] = {}
    bases: dict[str, str] = {}
    for row in rows:
        provenance = (row or {}).get("provenance") or {}
        department = provenance.get("department")
        if department:
            newest[department] = max(newest.get(department, ""), provenance.get("asOf") or "")
            bases[department] = provenance.get("basis") or bases.get(department, "")
    return tuple(_line(department, newest[department], bases[department]) for department in sorted(newest))


def _line(department: str, as_of: str, basis: str) -> str:
    told = f"{department}，数据截至 {moment_of(as_of)}" if as_of else f"{department}，来源未声明数据时间"
    return f"{told}。依据：{basis}" if basis else told


def day_of(text: str | None) -> str:
    """A date as people say it, empty where there is none."""
    return words.spoken_day(date.fromisoformat(text)) if text else ""


def moment_of(text: str) -> str:
    """An instant as people say it."""
    return words.spoken_moment(datetime.fromisoformat(text))


def facts(*pairs: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    """Pairs of label and value, those without a value left out."""
    return tuple((label, value) for label, value in pairs if value)


def is_disputed(row: Row) -> bool:
    """True if somebody objects to what the row says."""
    return bool((row.get("provenance") or {}).get("disputed"))


def _is_on(path: str, place: str) -> bool:
    """True of a note on the place itself, or on what it hangs on."""
    return path == place or (path != "entity" and place.startswith(f"{path}."))


def _sources(notes: Iterable[Row]) -> list[str]:
    return sorted({one.get("source", "") for one in notes})
