"""Tests of the wrappers around adapters."""
