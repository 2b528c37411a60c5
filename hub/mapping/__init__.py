"""Tries a mapping on some rows before it is used: what each cell becomes, and what cannot be read."""
