"""Tests of the console over HTTP; the journeys in a browser are in tests/browser."""
