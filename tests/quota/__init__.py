"""Quotas: what is charged, to whom, and what is said when nothing is left."""
