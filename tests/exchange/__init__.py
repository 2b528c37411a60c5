"""The exchange: requests for access, their clocks, and the calendar these go by."""
