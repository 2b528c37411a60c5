"""Tests of what was disclosed to whom."""
