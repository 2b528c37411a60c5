"""Certified OAuth clients as they come from their registries, and a provider of somebody else, driven by the tests."""
