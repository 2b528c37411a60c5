"""The hub's own tables."""
