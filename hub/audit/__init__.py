"""Room 5: what was asked and answered is recorded, durably, before the answer leaves."""
