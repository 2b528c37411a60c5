"""Codes: what they say, their life, what is printed of them."""
