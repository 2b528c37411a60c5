"""Quotas of grants: how much is left of them today, for whom."""
