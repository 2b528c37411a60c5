"""Mirrors the packages; what holds is said in one sentence a test."""
