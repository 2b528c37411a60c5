"""Tests of the embedded city."""
