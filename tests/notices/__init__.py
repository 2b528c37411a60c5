"""Notices: who is told what, by which channel, by when, whatever fails."""
