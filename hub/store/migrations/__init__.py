"""Alembic revisions of the hub's own tables, forward only in production."""
