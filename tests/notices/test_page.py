"""The page of notices says what there is."""

from hub.events import ALL_CHANNELS, DECLARED, Who
from hub.store.deliveries import DeliveryState
from tests.docs_pages import ROOT, Page

PAGE = Page(ROOT / "docs/notices.md")


def test_every_event_has_its_row():
    """With its names, its recipients and its minutes, in the order of the names."""
    rows = PAGE.table("Event", "About", "To", "Minutes")
    assert rows == [
        [f"`{event}`", f"{said.zh}<br>{said.en}", ", ".join(f"`{who}`" for who in said.to), str(said.within_minutes)]
        for event, said in sorted(DECLARED.items())
    ]


def test_every_recipient_has_its_row():
    """Who that is."""
    named = [name.strip("` ") for row in PAGE.table("Recipient", "Who that is") for name in row[0].split(",")]
    assert sorted(named) == sorted(Who)


def test_every_channel_has_its_row():
    """In the usual order."""
    rows = PAGE.table("Channel", "Leads to", "What it does")
    assert [row[0].strip("`") for row in rows] == list(ALL_CHANNELS)
    assert all(said.channels == ALL_CHANNELS for said in DECLARED.values())


def test_every_state_has_its_row():
    """What became of a delivery."""
    assert [row[0].strip("`") for row in PAGE.table("State", "Meaning")] == list(DeliveryState)
